import { type BatchNormalization, batchNormalizationsOf } from '@dropout-lab/model';
import { LayersModel, type layers } from '@tensorflow/tfjs-layers';

/**
 * The name of a layer, other than batch normalization, that changes variables of its own in training from the whole
 * batch: slices of the batch on several replicas would not give the same. Undefined when there is none, so that any
 * number of replicas trains the model alike.
 */
export const wholeBatchLayerOf = (model: LayersModel): string | undefined =>
  find(model, new Set(batchNormalizationsOf(model).map(({ layer }) => layer)));

const find = (model: LayersModel, shared: ReadonlySet<layers.Layer>): string | undefined => {
  for (const layer of model.layers) {
    if (layer instanceof LayersModel) {
      const found = find(layer, shared);
      if (found !== undefined) return `${layer.name}/${found}`;
    } else if (layer.trainable && layer.nonTrainableWeights.length > 0 && !shared.has(layer)) {
      return layer.name;
    }
  }
  return undefined;
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
