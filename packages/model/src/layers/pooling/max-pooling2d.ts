import { layers } from '@tensorflow/tfjs-layers';
import { type LayerImplementation, type LayerOf, requireImage, requireWindow, windowsOf } from '../layer.ts';

/** The largest number of each window, as `keras.layers.MaxPooling2D`. */
export const maxPooling2d: LayerImplementation<LayerOf<'max_pooling2d'>> = {
  create: ({ poolSize, strides, padding }, { name }) =>
    layers.maxPooling2d({ name, poolSize, strides: strides ?? poolSize, padding }),
  outputShape: ({ poolSize, strides, padding }, input, where) => {
    const image = requireImage(input, where);
    if (padding === 'valid') requireWindow(image, 'poolSize', poolSize, where);
    return [...windowsOf(image, poolSize, strides ?? poolSize, padding), image[2]];
  },
};
