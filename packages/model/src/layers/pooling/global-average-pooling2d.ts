import { layers } from '@tensorflow/tfjs-layers';
import { type LayerImplementation, type LayerOf, requireImage } from '../layer.ts';

/** The mean of each feature map, as `keras.layers.GlobalAveragePooling2D`: [height, width, channels] to [channels]. */
export const globalAveragePooling2d: LayerImplementation<LayerOf<'global_average_pooling2d'>> = {
  create: (_, { name }) => layers.globalAveragePooling2d({ name }),
  outputShape: (_, input, where) => [requireImage(input, where)[2]],
};
