import { ConfigError } from '@dropout-lab/contracts';
import { normal } from '@dropout-lab/random';
import { add, type serialization, type Tensor } from '@tensorflow/tfjs-core';
import { register } from '../../registered.ts';
import type { LayerImplementation, LayerOf } from '../layer.ts';
import { NoiseLayer, type NoiseLayerConfig } from './noise-layer.ts';

/** Constructor arguments of {@link GaussianNoise}: Keras's in TensorFlow.js's spelling, and those of every layer. */
export interface GaussianNoiseConfig extends NoiseLayerConfig {
  /** Standard deviation of the noise, at least 0; Keras accepts none above 1. */
  readonly stddev: number;
}

/**
 * Additive normal noise: `y = x + stddev * z` in training, `y = x` in inference, as `keras.layers.GaussianNoise`. Input and
 * output are float32 of any one shape.
 *
 * The deviates z at a step are `normal(fold(randomKey(seed), 'gaussian_noise', step))` of `@dropout-lab/random`, the same on
 * every backend. It is registered in the stock layer's place, under its name, so model.json files pass between the two.
 */
export class GaussianNoise extends NoiseLayer {
  static readonly className = 'GaussianNoise';

  readonly stddev: number;

  /** @throws ConfigError when the standard deviation or the seed is out of range. */
  constructor(config: GaussianNoiseConfig) {
    super(config, 'gaussian_noise');
    const { stddev } = config;
    if (!(stddev >= 0 && stddev < Number.POSITIVE_INFINITY)) {
      throw new ConfigError(
        `${this.name}: stddev: expected a finite number of at least 0, received ${stddev}`,
        ['stddev'],
      );
    }
    this.stddev = stddev;
  }

  protected override get isSilent(): boolean {
    return this.stddev === 0;
  }

  override get isDropout(): boolean {
    return false;
  }

  protected override disturb(input: Tensor): Tensor {
    const { stddev } = this;
    return add(
      input,
      this.drawn(input.shape, null, (key, part) => normal(key, { ...part, stddev })),
    );
  }

  override getConfig(): serialization.ConfigDict {
    const { stddev, seed } = this;
    return { stddev, seed, ...super.getConfig() };
  }
}
register(GaussianNoise);

/** Additive normal noise; see {@link GaussianNoise}. */
export const gaussianNoise: LayerImplementation<LayerOf<'gaussian_noise'>> = {
  create: ({ stddev }, { name, seed }) => new GaussianNoise({ name, stddev, seed }),
  outputShape: (_, input) => input,
};
