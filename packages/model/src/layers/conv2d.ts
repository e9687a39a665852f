import { ConfigError } from '@dropout-lab/contracts';
import { layers } from '@tensorflow/tfjs-layers';
import { kernelArgs, requireAxes } from './kernel.ts';
import { type LayerImplementation, type LayerOf, requireImage, requireWindow, windowsOf } from './layer.ts';
import { DropConnectConv2D } from './noise/drop-connect.ts';

/** A convolution, as `keras.layers.Conv2D`: [height, width, channels] to [height', width', filters]. */
export const conv2d: LayerImplementation<LayerOf<'conv2d'>> = {
  create: (settings, { name, seed }) => {
    const { filters, kernelSize, strides, padding, dropConnect } = settings;
    const config = { name, filters, kernelSize, strides, padding, ...kernelArgs(settings) };
    return dropConnect === 0
      ? layers.conv2d(config)
      : new DropConnectConv2D({ ...config, dropConnect, seed });
  },
  outputShape: (settings, input, where) => {
    const image = requireImage(input, where);
    requireAxes(settings, 4, where);
    requireWhitened(settings, image[2], where);
    const { filters, kernelSize, strides, padding } = settings;
    if (padding === 'valid') requireWindow(image, 'kernelSize', kernelSize, where);
    return [...windowsOf(image, kernelSize, strides, padding), filters];
  },
  kernelShape: ({ filters, kernelSize }, input) => [kernelSize, kernelSize, input.at(-1)!, filters],
};

/** @throws ConfigError when whitening cannot give the filters: they come in pairs of opposite signs, two for each number of a patch. */
const requireWhitened = (
  { kernelInitializer, filters, kernelSize }: LayerOf<'conv2d'>,
  channels: number,
  where: string,
): void => {
  const most = 2 * kernelSize * kernelSize * channels;
  if (kernelInitializer !== 'whitening' || (filters % 2 === 0 && filters <= most)) return;
  throw new ConfigError(
    `${where}: filters: expected an even number of at most ${most} with kernelInitializer whitening, twice the ${most / 2} numbers of a patch, received ${filters}: use ${most}, or another initializer`,
    ['layers', 'filters'],
  );
};
