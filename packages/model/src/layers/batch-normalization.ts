import { layers } from '@tensorflow/tfjs-layers';
import type { LayerImplementation, LayerOf } from './definition.ts';

/**
 * Each channel, or unit, to mean 0 and variance 1 over the batch, then scaled and shifted (Ioffe & Szegedy 2015), as
 * `keras.layers.BatchNormalization`; in inference by moving averages of mean and variance, which training moves:
 *
 *   moving = moving * momentum + batch * (1 - momentum)
 *
 * A model with it trains on one replica, since the statistics are those of the whole batch.
 */
export const batchNormalization: LayerImplementation<LayerOf<'batch_normalization'>> = {
  create: ({ momentum, epsilon }, { name }) => layers.batchNormalization({ name, momentum, epsilon }),
  outputShape: (_, input) => input,
};
