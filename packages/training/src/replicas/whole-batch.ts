import { type BatchNormalization, batchNormalizationsOf, leafLayers } from '@dropout-lab/model';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/**
 * The name of a layer, other than batch normalization, that changes variables of its own in training from the whole
 * batch: slices of the batch on several replicas would not give the same. Undefined when there is none, so that any
 * number of replicas trains the model alike.
 */
export const wholeBatchLayerOf = (model: LayersModel): string | undefined => {
  const normalizations = new Set<layers.Layer>(batchNormalizationsOf(model).map(({ layer }) => layer));
  return leafLayers(model).find(
    ({ layer }) => layer.trainable && layer.nonTrainableWeights.length > 0 && !normalizations.has(layer),
  )?.path;
};

/** What the batch normalizations of a model exchange between slices of a batch. */
export interface SharedStatistics {
  /** The name of one that takes its statistics from the batch. */
  readonly layer: string;
  /** Most numbers that a slice gives to the others at once. */
  readonly numbers: number;
}

/** What slices of a batch have to exchange; undefined when no batch normalization takes its statistics from the batch. */
export const sharedStatisticsOf = (model: LayersModel): SharedStatistics | undefined => {
  const found = batchNormalizationsOf(model).filter(({ layer }) => !layer.isFrozen);
  if (found.length === 0) return undefined;
  const numbers = Math.max(...found.map(({ layer }) => numbersOf(layer)));
  return { layer: found[0]!.name, numbers };
};

/** The count, and mean and variance of each channel. */
const numbersOf = (layer: BatchNormalization): number => 1 + 2 * layer.movingMean.shape[0]!;
