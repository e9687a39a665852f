import { layers } from '@tensorflow/tfjs-layers';
import type { LayerImplementation, LayerOf } from './layer.ts';

/** All numbers of an image in a row, as `keras.layers.Flatten`. */
export const flatten: LayerImplementation<LayerOf<'flatten'>> = {
  create: (_, { name }) => layers.flatten({ name }),
  outputShape: (_, input) => [input.reduce((product, length) => product * length, 1)],
};
