import { ConfigError } from '@dropout-lab/contracts';
import { layers } from '@tensorflow/tfjs-layers';
import type { LayerImplementation, LayerOf } from './layer.ts';

/** All numbers of an image in a row, as `keras.layers.Flatten`. */
export const flatten: LayerImplementation<LayerOf<'flatten'>> = {
  create: (_, { name }) => layers.flatten({ name }),
  outputShape: (_, input, where) => {
    if (input.length > 1) return [input.reduce((product, length) => product * length, 1)];
    throw new ConfigError(
      `${where}: expected an input of height, width and channels, received one of shape [${input}], which is flat: leave the layer out`,
      ['layers'],
    );
  },
};
