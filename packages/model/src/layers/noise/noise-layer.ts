import { ConfigError } from '@dropout-lab/contracts';
import { fold, type RandomKey, randomKey } from '@dropout-lab/random';
import { backend, type DataId, type KernelBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { type NoiseShape, requireNoiseShape } from './noise-shape.ts';

/** Constructor arguments of every layer of TensorFlow.js. */
export type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** Constructor arguments of every layer that draws random numbers. */
export interface NoiseLayerConfig extends LayerArgs {
  /** A safe integer >= 0. Layers without one draw from a stream of their name. */
  readonly seed?: number | null;
}

/** The position of training: masks and noise depend on it and on the layer's seed. */
export interface DropoutPosition {
  /** Optimizer updates so far. */
  readonly step: number;
  /** Index, within the whole batch, of the first row that this replica sees. */
  readonly rowOffset: number;
  /**
   * How often the layer has drawn in this step, from 0: a layer that is used in several places, or for every step of a
   * sequence, draws anew for each. Without it each training call is a step of its own.
   */
  readonly call?: number | undefined;
  /** Factor from 0 to 1 of every dropout rate, for rates that change over training; 1 when left out. */
  readonly rateFactor?: number | undefined;
}

/** The elements of a key's endless stream that are drawn. */
export interface NoisePart<Values = Float32Array> {
  readonly size: number;
  readonly start: number;
  /** The elements are written to it. */
  readonly out: Values;
}

/** Sizes of a draw whose memory a layer keeps. */
const SIZES_KEPT = 2;

/**
 * A layer that draws random numbers in training, and returns its input in inference.
 *
 * Unlike in the stock layers of TensorFlow.js, a seed gives a sequence of draws, another at every training call, as in Keras:
 * the draw of a step is a function of `fold(randomKey(seed), stream, step)` of `@dropout-lab/random` and of the place in
 * the whole batch, the same on every backend and for any number of replicas.
 */
export abstract class NoiseLayer extends layers.Layer {
  /**
   * Set it before a training call ({@link setDropoutPosition} does for a whole model). Otherwise `step`
   * advances by one at each training call.
   */
  position: DropoutPosition = { step: 0, rowOffset: 0 };
  readonly seed: number | null;
  readonly #key: RandomKey;
  /**
   * The memory of the last draw of each size, of the latest few sizes: new memory costs as much as drawing a mask. The slices
   * of a batch have two sizes.
   */
  readonly #last = new Map<
    number,
    { readonly memory: Float32Array | Uint8Array; readonly dataId: DataId; readonly backend: KernelBackend }
  >();

  /**
   * @param stream The layer's own, so that two layers of one seed draw differently.
   * @throws ConfigError when the seed is out of range.
   */
  constructor(config: NoiseLayerConfig, stream: string) {
    super(config);
    const { seed = null } = config;
    if (seed !== null && !(Number.isSafeInteger(seed) && seed >= 0)) {
      throw new ConfigError(`${this.name}: seed: expected a whole number of at least 0, received ${seed}`, [
        'seed',
      ]);
    }
    this.seed = seed;
    this.#key = seed === null ? fold(randomKey(0), stream, this.name) : fold(randomKey(seed), stream);
    this.supportsMasking = true;
  }

  /** Whether the layer returns its input in training too; {@link sampling} sets it for those that drop nothing. */
  isPaused = false;

  /** Whether the layer never draws anything. */
  protected abstract get isSilent(): boolean;

  /** Whether it drops or scales units at random, so that each draw is another network; noise that is added does not. */
  get isDropout(): boolean {
    return !this.isSilent;
  }

  /** The output in training. */
  protected abstract disturb(input: Tensor): Tensor;

  /** @throws ConfigError when the noise shape does not fit the input. */
  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor | Tensor[] {
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      if (this.isSilent || this.isPaused || !kwargs.training) return inputs;
      return this.disturb(Array.isArray(inputs) ? inputs[0]! : inputs);
    });
  }

  /**
   * Draws the numbers of the layer's position, which then moves to the next.
   *
   * @param noiseShape 1 shares a number along an axis, null takes the input's size; null is the input's shape.
   */
  protected drawn(
    inputShape: readonly number[],
    noiseShape: NoiseShape | null,
    draw: (key: RandomKey, part: NoisePart) => void,
  ): Tensor {
    return this.#drawn(inputShape, noiseShape, Float32Array, 'float32', draw);
  }

  /** As {@link drawn}, a byte for each element, 1 or 0: a bool tensor. */
  protected drawnBytes(
    inputShape: readonly number[],
    draw: (key: RandomKey, part: NoisePart<Uint8Array>) => void,
  ): Tensor {
    return this.#drawn(inputShape, null, Uint8Array, 'bool', draw);
  }

  #drawn<Values extends Float32Array | Uint8Array>(
    inputShape: readonly number[],
    noiseShape: NoiseShape | null,
    type: new (size: number) => Values,
    dtype: 'float32' | 'bool',
    draw: (key: RandomKey, part: NoisePart<Values>) => void,
  ): Tensor {
    const shape = this.#noiseShape(inputShape, noiseShape);
    const size = shape.reduce((product, length) => product * length, 1);
    const { step, rowOffset, call } = this.position;
    this.position = {
      ...this.position,
      ...(call === undefined ? { step: step + 1 } : { call: call + 1 }),
    };
    // A mask that all rows share is the same for every replica.
    const start = noiseShape?.[0] === 1 ? 0 : rowOffset * (size / shape[0]!);
    const out = this.#freeMemory(size, type);
    draw(call ? fold(this.#key, step, call) : fold(this.#key, step), { size, start, out });
    const noise = tensor(out, shape, dtype);
    this.#last.delete(size);
    this.#last.set(size, { memory: out, dataId: noise.dataId, backend: backend() });
    if (this.#last.size > SIZES_KEPT) this.#last.delete(this.#last.keys().next().value!);
    return noise;
  }

  /** The last draw's memory if no tensor uses it any more, else new memory: some backends' tensors are the array itself. */
  #freeMemory<Values extends Float32Array | Uint8Array>(
    size: number,
    type: new (size: number) => Values,
  ): Values {
    const last = this.#last.get(size);
    const isFree = last?.backend === backend() && last.backend.refCount(last.dataId) === 0;
    return isFree && last.memory instanceof type ? last.memory : new type(size);
  }

  #noiseShape(inputShape: readonly number[], noiseShape: NoiseShape | null): number[] {
    if (noiseShape === null) return [...inputShape];
    requireNoiseShape(this.name, noiseShape, inputShape);
    return noiseShape.map((size, axis) => size ?? inputShape[axis]!);
  }

  /** A rate of the layer in this step. */
  protected rateNow(rate: number): number {
    return rate * (this.position.rateFactor ?? 1);
  }

  /** @throws ConfigError unless a rate is at least 0 and below 1. */
  protected requireRate(rate: number): number {
    if (rate >= 0 && rate < 1) return rate;
    throw new ConfigError(
      `${this.name}: rate: expected a number of at least 0 and below 1, received ${rate}`,
      ['rate'],
    );
  }
}
