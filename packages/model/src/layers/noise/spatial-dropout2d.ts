import { type LayerImplementation, type LayerOf, requireImage } from '../layer.ts';
import { Dropout } from './dropout.ts';

/**
 * Dropout of whole feature maps (Tompson et al. 2015), as `keras.layers.SpatialDropout2D`: all pixels of a map share
 * one number of the mask. Stock TensorFlow.js has no such layer; it loads this one as the Dropout that it is.
 */
export const spatialDropout2d: LayerImplementation<LayerOf<'spatial_dropout2d'>> = {
  create: ({ rate }, { name, seed }) => new Dropout({ name, rate, noiseShape: [null, 1, 1, null], seed }),
  outputShape: (_, input, where) => requireImage(input, where),
};
