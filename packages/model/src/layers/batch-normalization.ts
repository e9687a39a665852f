import { BatchNormalization } from '../batch-normalization.ts';
import type { LayerImplementation, LayerOf } from './definition.ts';

/** `keras.layers.BatchNormalization`: see {@link BatchNormalization}. */
export const batchNormalization: LayerImplementation<LayerOf<'batch_normalization'>> = {
  create: ({ momentum, epsilon }, { name }) => new BatchNormalization({ name, momentum, epsilon }),
  outputShape: (_, input) => input,
};
