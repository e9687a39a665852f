import { layers } from '@tensorflow/tfjs-layers';
import { type LayerImplementation, type LayerOf, requireImage, requireWindow } from './layer.ts';

/** The largest number of each window, as `keras.layers.MaxPooling2D`. */
export const maxPooling2d: LayerImplementation<LayerOf<'max_pooling2d'>> = {
  create: ({ poolSize }, { name }) => layers.maxPooling2d({ name, poolSize }),
  outputShape: ({ poolSize }, input, where) => {
    const [height, width, channels] = requireImage(input, where);
    requireWindow([height, width, channels], 'poolSize', poolSize, where);
    return [Math.floor(height / poolSize), Math.floor(width / poolSize), channels];
  },
};
