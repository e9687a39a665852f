import { ConfigError } from '@dropout-lab/contracts';
import { div, type serialization, sub, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { register } from '../../registered.ts';
import type { LayerImplementation, LayerOf } from '../layer.ts';
import type { LayerArgs } from '../noise/noise-layer.ts';

/** One number, or one for each channel. */
export type PerChannel = number | readonly number[];

/** Constructor arguments of {@link Normalization}, and those of every layer. */
export interface NormalizationConfig extends LayerArgs {
  /** The mean that is subtracted, of all channels or of each. */
  readonly mean: PerChannel;
  /** The variance, at least 0, of all channels or of each. */
  readonly variance: PerChannel;
}

/** `keras.config.epsilon()`. */
const EPSILON = 1e-7;

/**
 * Numbers of known mean and variance to mean 0 and variance 1, `(x - mean) / max(sqrt(variance), 1e-7)`, as
 * `keras.layers.Normalization` with a mean and a variance: nothing is trained and nothing adapted. Input and output are
 * float32 of any one shape, channels last. TensorFlow.js has no such layer.
 */
export class Normalization extends layers.Layer {
  static readonly className = 'Normalization';

  readonly mean: PerChannel;
  readonly variance: PerChannel;

  constructor(config: NormalizationConfig) {
    super(config);
    this.mean = config.mean;
    this.variance = config.variance;
    this.supportsMasking = true;
  }

  override call(inputs: Tensor | Tensor[], kwargs: object): Tensor {
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const input = Array.isArray(inputs) ? inputs[0]! : inputs;
      const deviation = [this.variance].flat().map((variance) => Math.max(Math.sqrt(variance), EPSILON));
      return div(sub(input, tensor([this.mean].flat() as number[])), tensor(deviation));
    });
  }

  override getConfig(): serialization.ConfigDict {
    const { mean, variance } = this;
    const plain = (numbers: PerChannel) => (typeof numbers === 'number' ? numbers : [...numbers]);
    return { axis: -1, mean: plain(mean), variance: plain(variance), ...super.getConfig() };
  }
}
register(Normalization);

/** `keras.layers.Normalization`: see {@link Normalization}. */
export const normalization: LayerImplementation<LayerOf<'normalization'>> = {
  create: ({ mean, variance }, { name }) => new Normalization({ name, mean, variance }),
  outputShape: ({ mean, variance }, input, where) => {
    requireNumbers('mean', mean, input.at(-1)!, where);
    requireNumbers('variance', variance, input.at(-1)!, where);
    return input;
  },
};

const requireNumbers = (setting: string, numbers: PerChannel, channels: number, where: string): void => {
  if (typeof numbers === 'number' || numbers.length === channels) return;
  throw new ConfigError(
    `${where}: ${setting}: expected one number, or a list of ${channels}, one for each channel, received ${numbers.length}`,
    ['layers', setting],
  );
};
