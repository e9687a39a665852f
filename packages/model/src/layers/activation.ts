import { layers } from '@tensorflow/tfjs-layers';
import { stockActivations } from '../activations/activations.ts';
import type { LayerImplementation, LayerOf } from './layer.ts';

/** A function of each number, or of each row for softmax, as `keras.layers.Activation`. */
export const activation: LayerImplementation<LayerOf<'activation'>> = {
  // Its type lists the stock functions only.
  create: ({ activation }, { name }) =>
    layers.activation({ name, activation: stockActivations[activation] as 'relu' }),
  outputShape: (_, input) => input,
};
