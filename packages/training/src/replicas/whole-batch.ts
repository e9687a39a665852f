import { type BatchNormalization, batchNormalizationsOf, leafLayers, unslicedOf } from '@dropout-lab/model';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/**
 * Returns the name of a layer that has to see the whole batch at once in training: one, other than batch normalization, that
 * updates variables of its own, or one of the user's own with a batch normalization in it. Undefined when there is none: the
 * result of training does then not depend on the number of replicas.
 */
export const wholeBatchLayerOf = (model: LayersModel): string | undefined => {
  const normalizations = new Set<layers.Layer>(batchNormalizationsOf(model).map(({ layer }) => layer));
  const updated = leafLayers(model).find(
    ({ layer }) => layer.trainable && layer.nonTrainableWeights.length > 0 && !normalizations.has(layer),
  );
  return updated?.path ?? unslicedOf(model);
};

/** The statistics that a model's batch normalizations exchange between slices of a batch. */
export interface SharedStatistics {
  /** The name of a batch normalization that uses the statistics of the batch. */
  readonly layer: string;
  /** The most numbers that a slice passes on in one exchange. */
  readonly numbers: number;
}

/** Returns the statistics that slices of a batch have to exchange; undefined when no batch normalization uses those of the batch. */
export const sharedStatisticsOf = (model: LayersModel): SharedStatistics | undefined => {
  const found = batchNormalizationsOf(model).filter(({ layer }) => !layer.isFrozen);
  if (found.length === 0) return undefined;
  const numbers = Math.max(...found.map(({ layer }) => numbersOf(layer)));
  return { layer: found[0]!.name, numbers };
};

/** One for the count, two for the mean and variance of each channel. */
const numbersOf = (layer: BatchNormalization): number => 1 + 2 * layer.movingMean.shape[0]!;
