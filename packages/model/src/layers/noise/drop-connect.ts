import type { serialization, Tensor } from '@tensorflow/tfjs-core';
import { type LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { register } from '../../registered.ts';
import { type DropConnectConfig, KernelMask } from './kernel-mask.ts';
import type { DropoutPosition } from './noise-layer.ts';

/** Constructor arguments of {@link DropConnectConv2D}: those of the stock layer, the rate and the seed. */
export type DropConnectConv2DConfig = Parameters<typeof layers.conv2d>[0] & DropConnectConfig;
/** Constructor arguments of {@link DropConnectDense}: those of the stock layer, the rate and the seed. */
export type DropConnectDenseConfig = Parameters<typeof layers.dense>[0] & DropConnectConfig;

/** Properties of the stock layers that their type leaves out. */
interface StockLayer extends layers.Layer {
  readonly kernel: LayerVariable;
}

type ClassOf<Config> = Pick<typeof layers.Layer, 'fromConfig'> & (new (config: Config) => StockLayer);

// The classes themselves are not exported. The names keep the numbers of unnamed layers as they are.
const Conv2D = layers.conv2d({ name: 'stock', filters: 1, kernelSize: 1 })
  .constructor as ClassOf<DropConnectConv2DConfig>;
const Dense = layers.dense({ name: 'stock', units: 1 }).constructor as ClassOf<DropConnectDenseConfig>;

/** Fields of a layer with DropConnect that its stock layer lacks, and the kernel, which its type leaves out. */
interface DropConnected {
  readonly mask: KernelMask;
  readonly kernel: LayerVariable;
}

/** Runs a call of a layer: where it has DropConnect, in training, with its kernel masked. */
export const withMaskedKernel = <Result>(
  layer: layers.Layer,
  training: boolean | undefined,
  run: () => Result,
): Result => {
  if (!training || !isDropConnected(layer)) return run();
  return layer.mask.during(layer.kernel, run);
};

const isDropConnected = (layer: layers.Layer): layer is layers.Layer & DropConnected =>
  layer instanceof DropConnectConv2D || layer instanceof DropConnectDense;

const configOf = ({ rate, seed }: KernelMask) => ({ dropConnect: rate, seed });

/**
 * A convolution with DropConnect (Wan et al. 2013): in training each weight of the kernel is dropped with probability
 * `dropConnect`, and scaled by `1 / (1 - dropConnect)` where it is not; in inference all are as they are. Biases are not dropped.
 *
 * All images of a step have one mask, where Wan et al. draw one for each: that would be a convolution for each image with a
 * kernel of its own. The mask of a step is `dropoutMask(fold(randomKey(seed), 'drop_connect', step))` of `@dropout-lab/random`:
 * it depends on the layer's seed and the step alone, so that all slices of a batch, on whatever thread, have the same one.
 */
export class DropConnectConv2D extends Conv2D {
  static readonly className = 'DropConnectConv2D';
  readonly mask: KernelMask;

  /** @throws ConfigError when the rate or the seed is out of range. */
  constructor(config: DropConnectConv2DConfig) {
    super(config);
    this.mask = new KernelMask(config, this.name);
  }

  /** The position of training, which the mask depends on. */
  get position(): DropoutPosition {
    return this.mask.position;
  }

  /** Sets the masks that the next training pass uses. */
  set position(position: DropoutPosition) {
    this.mask.position = position;
  }

  /** Whether each draw is another network, as those of a `NoiseLayer` that drops units. */
  get isDropout(): boolean {
    return this.mask.rate > 0;
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor | Tensor[] {
    return withMaskedKernel(this, kwargs.training, () => super.call(inputs, kwargs));
  }

  override getConfig(): serialization.ConfigDict {
    return { ...configOf(this.mask), ...super.getConfig() };
  }
}
register(DropConnectConv2D);

/** A fully connected layer with DropConnect, as {@link DropConnectConv2D} has it. */
export class DropConnectDense extends Dense {
  static readonly className = 'DropConnectDense';
  readonly mask: KernelMask;

  /** @throws ConfigError when the rate or the seed is out of range. */
  constructor(config: DropConnectDenseConfig) {
    super(config);
    this.mask = new KernelMask(config, this.name);
  }

  /** The position of training, which the mask depends on. */
  get position(): DropoutPosition {
    return this.mask.position;
  }

  /** Sets the masks that the next training pass uses. */
  set position(position: DropoutPosition) {
    this.mask.position = position;
  }

  /** Whether each draw is another network, as those of a `NoiseLayer` that drops units. */
  get isDropout(): boolean {
    return this.mask.rate > 0;
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor | Tensor[] {
    return withMaskedKernel(this, kwargs.training, () => super.call(inputs, kwargs));
  }

  override getConfig(): serialization.ConfigDict {
    return { ...configOf(this.mask), ...super.getConfig() };
  }
}
register(DropConnectDense);
