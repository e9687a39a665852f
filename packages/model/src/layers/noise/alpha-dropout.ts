import { dropoutMask } from '@dropout-lab/random';
import { add, mul, sub, type Tensor } from '@tensorflow/tfjs-core';
import { register } from '../../registered.ts';
import type { LayerImplementation, LayerOf } from '../layer.ts';
import { requireNoiseShape } from './noise-shape.ts';
import { type DropoutConfig, ShapedDropout } from './shaped-dropout.ts';

/** SELU's limit at minus infinity, `-alpha * scale` (Klambauer et al. 2017). */
const SATURATION = -1.6732632423543772 * 1.0507009873554805;

/**
 * Dropout for SELU: units are set to the value `s` that it saturates at, not to 0, and all are scaled and shifted so that mean 0
 * and variance 1 stay as they are, as `keras.layers.AlphaDropout`; in inference `y = x`:
 *
 *   y = a * (x * kept + s * (1 - kept)) + b
 *   a = 1 / sqrt((1 - rate) * (1 + rate * s^2)), b = -a * s * rate
 *
 * Stock TensorFlow.js has the sign of s wrong. Input and output are float32 of any one shape; a NaN is not dropped.
 *
 * A unit is kept at a step where `dropoutMask(fold(randomKey(seed), 'alpha_dropout', step))` of `@dropout-lab/random` is not
 * 0, the same on every backend. It is registered in the stock layer's place, under its name, so model.json files pass between
 * the two.
 *
 * @see Klambauer et al., "Self-normalizing neural networks", NIPS 2017.
 */
export class AlphaDropout extends ShapedDropout {
  static readonly className = 'AlphaDropout';

  /** @throws ConfigError when the rate or the seed is out of range. */
  constructor(config: DropoutConfig) {
    super(config, 'alpha_dropout');
  }

  protected override disturb(input: Tensor): Tensor {
    const rate = this.rateNow(this.rate);
    const kept = this.drawn(input.shape, this.noiseShape, (key, part) => {
      dropoutMask(key, { ...part, rate });
      for (let i = 0; i < part.size; i++) if (part.out[i] !== 0) part.out[i] = 1;
    });
    const a = ((1 - rate) * (1 + rate * SATURATION ** 2)) ** -0.5;
    const b = -a * SATURATION * rate;
    const dropped = mul(sub(1, kept), SATURATION);
    return add(mul(add(mul(input, kept), dropped), a), b);
  }
}
register(AlphaDropout);

/** Dropout for SELU; see {@link AlphaDropout}. */
export const alphaDropout: LayerImplementation<LayerOf<'alpha_dropout'>> = {
  create: ({ rate, noiseShape }, { name, seed }) => new AlphaDropout({ name, rate, noiseShape, seed }),
  outputShape: ({ noiseShape }, input, where) => {
    if (noiseShape) requireNoiseShape(where, noiseShape, [null, ...input], ['layers', 'noiseShape']);
    return input;
  },
};
