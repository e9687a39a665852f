import { layers } from '@tensorflow/tfjs-layers';
import type { LayerImplementation, LayerOf } from './layer.ts';

/** A function of each number, or of each row for softmax, as `keras.layers.Activation`. */
export const activation: LayerImplementation<LayerOf<'activation'>> = {
  create: ({ activation }, { name }) => layers.activation({ name, activation }),
  outputShape: (_, input) => input,
};
