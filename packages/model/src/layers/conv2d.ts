import { layers } from '@tensorflow/tfjs-layers';
import { kernelArgs, requireAxes } from './kernel.ts';
import { type LayerImplementation, type LayerOf, requireImage, requireWindow } from './layer.ts';

/** A convolution of stride 1, as `keras.layers.Conv2D`: [height, width, channels] to [height', width', filters]. */
export const conv2d: LayerImplementation<LayerOf<'conv2d'>> = {
  create: (settings, { name }) => {
    const { filters, kernelSize, padding } = settings;
    return layers.conv2d({ name, filters, kernelSize, padding, ...kernelArgs(settings) });
  },
  outputShape: (settings, input, where) => {
    const image = requireImage(input, where);
    requireAxes(settings, 4, where);
    const { filters, kernelSize, padding } = settings;
    const [height, width] = image;
    if (padding === 'same') return [height, width, filters];
    requireWindow(image, 'kernelSize', kernelSize, where);
    return [height - kernelSize + 1, width - kernelSize + 1, filters];
  },
  kernelShape: ({ filters, kernelSize }, input) => [kernelSize, kernelSize, input.at(-1)!, filters],
};
