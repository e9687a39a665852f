import { normal } from '@dropout-lab/random';
import { mul, type serialization, type Tensor } from '@tensorflow/tfjs-core';
import { register } from '../../registered.ts';
import type { LayerImplementation, LayerOf } from '../layer.ts';
import { NoiseLayer, type NoiseLayerConfig } from './noise-layer.ts';

/** Constructor arguments of {@link GaussianDropout}: Keras's in TensorFlow.js's spelling, and those of every layer. */
export interface GaussianDropoutConfig extends NoiseLayerConfig {
  /** The rate of the dropout whose noise has the same variance, 0 <= rate < 1. */
  readonly rate: number;
}

/**
 * Multiplicative normal noise: `y = x * (1 + sqrt(rate / (1 - rate)) * z)` in training, `y = x` in inference, as
 * `keras.layers.GaussianDropout`. Input and output are float32 of any one shape.
 *
 * The deviates z at a step are `normal(fold(randomKey(seed), 'gaussian_dropout', step))` of `@dropout-lab/random`, the same on
 * every backend. It is registered in the stock layer's place, under its name, so model.json files pass between the two.
 *
 * @see Srivastava et al. 2014, section 10.
 */
export class GaussianDropout extends NoiseLayer {
  static readonly className = 'GaussianDropout';

  readonly rate: number;

  /** @throws ConfigError when the rate or the seed is out of range. */
  constructor(config: GaussianDropoutConfig) {
    super(config, 'gaussian_dropout');
    this.rate = this.requireRate(config.rate);
  }

  protected override get isSilent(): boolean {
    return this.rateNow(this.rate) === 0;
  }

  protected override disturb(input: Tensor): Tensor {
    const rate = this.rateNow(this.rate);
    const stddev = Math.sqrt(rate / (1 - rate));
    return mul(
      input,
      this.drawn(input.shape, null, (key, part) => normal(key, { ...part, mean: 1, stddev })),
    );
  }

  override getConfig(): serialization.ConfigDict {
    const { rate, seed } = this;
    return { rate, seed, ...super.getConfig() };
  }
}
register(GaussianDropout);

/** Multiplicative normal noise; see {@link GaussianDropout}. */
export const gaussianDropout: LayerImplementation<LayerOf<'gaussian_dropout'>> = {
  create: ({ rate }, { name, seed }) => new GaussianDropout({ name, rate, seed }),
  outputShape: (_, input) => input,
};
