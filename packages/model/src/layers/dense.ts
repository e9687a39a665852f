import { ConfigError } from '@dropout-lab/contracts';
import { layers } from '@tensorflow/tfjs-layers';
import { kernelArgs, requireAxes } from './kernel.ts';
import type { LayerImplementation, LayerOf } from './layer.ts';
import { DropConnectDense } from './noise/drop-connect.ts';

/** A fully connected layer, as `keras.layers.Dense`: [inputs] to [units]. */
export const dense: LayerImplementation<LayerOf<'dense'>> = {
  create: (settings, { name, seed }) => {
    const { units, dropConnect } = settings;
    const config = { name, units, ...kernelArgs(settings) };
    return dropConnect === 0 ? layers.dense(config) : new DropConnectDense({ ...config, dropConnect, seed });
  },
  outputShape: (settings, input, where) => {
    requireAxes(settings, 2, where);
    const { kernelInitializer } = settings;
    if (kernelInitializer === 'partial_dirac' || kernelInitializer === 'whitening') {
      throw new ConfigError(
        `${where}: kernelInitializer: expected one for a dense kernel, received "${kernelInitializer}", which is for the filters of a convolution: use pytorch_uniform`,
        ['layers', 'kernelInitializer'],
      );
    }
    if (input.length === 1) return [settings.units];
    throw new ConfigError(
      `${where}: expected a flat input, received one of shape [${input}]: put a flatten layer before it`,
      ['layers'],
    );
  },
  kernelShape: ({ units }, input) => [...input, units],
};
