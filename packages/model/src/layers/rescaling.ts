import { layers } from '@tensorflow/tfjs-layers';
import type { LayerImplementation, LayerOf } from './layer.ts';

/** `x * scale + offset`, as `keras.layers.Rescaling`. */
export const rescaling: LayerImplementation<LayerOf<'rescaling'>> = {
  create: ({ scale, offset }, { name }) => layers.rescaling({ name, scale, offset }),
  outputShape: (_, input) => input,
};
