import { dropoutMask, keptElements, keptScale } from '@dropout-lab/random';
import { mul, type Tensor } from '@tensorflow/tfjs-core';
import { register } from '../../registered.ts';
import type { LayerImplementation, LayerOf } from '../layer.ts';
import { requireNoiseShape } from './noise-shape.ts';
import { canScaleKept, scaleKept } from './scale-kept.ts';
import { type DropoutConfig, ShapedDropout } from './shaped-dropout.ts';

/**
 * Inverted dropout: `y = x * mask`, the mask 0 with probability `rate` and `1 / (1 - rate)` otherwise; in inference
 * `y = x`. Input and output are float32 of any one shape. Unlike in Keras, a NaN is not dropped: 0 times NaN is NaN.
 *
 * Unlike in the stock layer of TensorFlow.js, a seed gives a sequence of masks, another at every training call,
 * as in Keras: the mask at a step is `dropoutMask(fold(randomKey(seed), 'dropout', step))` of
 * `@dropout-lab/random`, the same on every backend. It is registered in the stock layer's place, under its name
 * and configuration, so model.json files pass between the two unchanged.
 *
 * @see Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014.
 */
export class Dropout extends ShapedDropout {
  static readonly className = 'Dropout';

  /** @throws ConfigError when the rate or the seed is out of range. */
  constructor(config: DropoutConfig) {
    super(config, 'dropout');
  }

  protected override disturb(input: Tensor): Tensor {
    const rate = this.rateNow(this.rate);
    if (this.noiseShape === null && canScaleKept(input)) {
      const kept = this.drawnBytes(input.shape, (key, part) => keptElements(key, { ...part, rate }));
      return scaleKept(input, kept, keptScale(rate));
    }
    return mul(
      input,
      this.drawn(input.shape, this.noiseShape, (key, part) => dropoutMask(key, { ...part, rate })),
    );
  }
}
register(Dropout);

/** Inverted dropout; see {@link Dropout}. */
export const dropout: LayerImplementation<LayerOf<'dropout'>> = {
  create: ({ rate, noiseShape }, { name, seed }) => new Dropout({ name, rate, noiseShape, seed }),
  outputShape: ({ noiseShape }, input, where) => {
    if (noiseShape) requireNoiseShape(where, noiseShape, [null, ...input], ['dropout', 'noiseShape']);
    return input;
  },
};
