import { fold, type RandomKey, uniform } from '@dropout-lab/random';
import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { assign } from './weights.ts';

/**
 * Draws the kernel of each layer from the key's stream `init`, `<layer>/kernel`, so that every backend starts
 * from the same bits: U(-limit, limit) with `limit = sqrt(6 / fan_in)` (he_uniform: He et al. 2015), for `logits`
 * `sqrt(6 / (fan_in + fan_out))` (glorot_uniform: Glorot & Bengio 2010). Biases stay zero.
 */
export const initializeWeights = (model: LayersModel, key: RandomKey): void =>
  tidy(() => {
    for (const weight of model.weights) {
      const name = weight.originalName;
      if (!name.endsWith('/kernel')) continue;
      const shape = weight.shape as number[];
      const fanOut = shape.at(-1)!;
      const size = shape.reduce((product, length) => product * length, 1);
      const fanIn = size / fanOut;
      const limit = Math.sqrt(6 / (name === 'logits/kernel' ? fanIn + fanOut : fanIn));
      const numbers = uniform(fold(key, 'init', name), size);
      assign(
        weight,
        tensor(
          Float32Array.from(numbers, (u) => limit * (2 * u - 1)),
          shape,
        ),
      );
    }
  });
