import { ConfigError } from '@dropout-lab/contracts';
import { layers } from '@tensorflow/tfjs-layers';
import type { LayerImplementation, LayerOf, Shape } from './layer.ts';

/**
 * The sum that ends a residual block, `x + f(x)` (He et al. 2016), as `keras.layers.Add`; the layers of `f` are
 * built one by one.
 */
export const residual: LayerImplementation<LayerOf<'residual'>> = {
  create: (_, { name }) => layers.add({ name }),
  outputShape: (_, input) => input,
};

/** @throws ConfigError when the output of a block's layers has another shape than their input. */
export const requireSameShape = (input: Shape, output: Shape, where: string): void => {
  if (`${input}` === `${output}`) return;
  throw new ConfigError(
    `${where}: expected layers that keep the shape of their input, [${input}], since the two are added, received [${output}]: use padding "same" and as many filters as there are channels`,
    ['layers'],
  );
};
