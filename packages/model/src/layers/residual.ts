import { ConfigError } from '@dropout-lab/contracts';
import { layers } from '@tensorflow/tfjs-layers';
import type { LayerImplementation, LayerOf, Shape } from './definition.ts';

/**
 * The sum that ends a residual block, `x + f(x)` (He et al. 2016), as `keras.layers.Add`; what is between, `f`, is
 * built layer by layer.
 */
export const residual: LayerImplementation<LayerOf<'residual'>> = {
  create: (_, { name }) => layers.add({ name }),
  outputShape: (_, input) => input,
};

/** @throws ConfigError when a block's layers change the shape of what goes through them. */
export const requireSameShape = (input: Shape, output: Shape, where: string): void => {
  if (`${input}` === `${output}`) return;
  throw new ConfigError(
    `${where}: expected layers that keep the shape of their input, [${input}], since the two are added, received [${output}]: use padding "same" and as many filters as there are channels`,
    ['layers'],
  );
};
