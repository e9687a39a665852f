import { ConfigError } from '@dropout-lab/contracts';
import { layers } from '@tensorflow/tfjs-layers';
import type { LayerContext, LayerImplementation, LayerOf, Shape } from './layer.ts';
import { Dropout } from './noise/dropout.ts';

/**
 * The sum that ends a residual block, `shortcut(x) + f(x)` (He et al. 2016), as `keras.layers.Add`; the layers of `f` and of the
 * shortcut are built one by one. Its output has the shape of the shortcut's.
 */
export const residual: LayerImplementation<LayerOf<'residual'>> = {
  create: (_, { name }) => layers.add({ name }),
  outputShape: (_, shortcut) => shortcut,
};

/**
 * Stochastic depth (Huang et al. 2016), as the StochasticDepth of KerasCV: in training the layers of a residual block are left
 * out with probability `rate`, for each image by itself, and scaled by `1 / (1 - rate)` where they are not; in inference they
 * are as they are. It is a {@link Dropout} with one number of the mask for each image, so that it depends on the seed, the step
 * and the image's place in the batch alone.
 *
 * @param rank The rank of the block's output, without the batch.
 */
export const stochasticDepth = (rate: number, rank: number, { name, seed }: LayerContext): Dropout =>
  new Dropout({ name, rate, noiseShape: [null, ...Array<number>(rank).fill(1)], seed });

/** @throws ConfigError when the outputs of a block's layers and of its shortcut differ in shape. */
export const requireSameShape = (shortcut: Shape, output: Shape, where: string): void => {
  if (`${shortcut}` === `${output}`) return;
  throw new ConfigError(
    `${where}: expected layers whose output has the shape of the shortcut's, [${shortcut}], since the two are added, received [${output}]: use padding "same" and as many filters as there are channels, or a shortcut with a convolution of kernelSize 1 and the same strides and filters`,
    ['layers'],
  );
};
