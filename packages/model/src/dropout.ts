import { ConfigError } from '@dropout-lab/contracts';
import { dropoutMask, fold, type RandomKey, randomKey } from '@dropout-lab/random';
import {
  backend,
  type DataId,
  type KernelBackend,
  mul,
  serialization,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { type NoiseShape, requireNoiseShape } from './noise-shape.ts';

type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** Constructor arguments of {@link Dropout}: Keras's in TensorFlow.js's spelling, and those of every layer. */
export interface DropoutConfig extends LayerArgs {
  /** Fraction of the input units to drop, 0 <= rate < 1. */
  readonly rate: number;
  /** Shape of the mask, rank of the input: 1 shares it along an axis, null takes the input's size; null is full. */
  readonly noiseShape?: NoiseShape | null;
  /** A safe integer >= 0. Layers without one draw from a stream of their name. */
  readonly seed?: number | null;
}

/** Where training stands: what a mask depends on besides the layer's seed. */
export interface DropoutPosition {
  /** Optimizer updates so far. */
  readonly step: number;
  /** Index, within the whole batch, of the first row that this replica sees. */
  readonly rowOffset: number;
}

/**
 * Inverted dropout: `y = x * mask`, the mask 0 with odds `rate` and `1 / (1 - rate)` otherwise; in inference
 * `y = x`. Input and output are float32 of any one shape.
 *
 * Unlike the stock layer of TensorFlow.js, a seed gives a sequence of masks, another at every training call,
 * as Keras's does: the mask at a step is `dropoutMask(fold(randomKey(seed), 'dropout', step))` of
 * `@dropout-lab/random`, the same on every backend. It is registered in the stock layer's place, under its name
 * and configuration, so model.json files pass between the two unchanged.
 *
 * @see Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014.
 */
export class Dropout extends layers.Layer {
  static readonly className = 'Dropout';

  /**
   * Set it before a training call ({@link setDropoutPosition} does for a whole model). Left alone, `step`
   * advances by one at each training call.
   */
  position: DropoutPosition = { step: 0, rowOffset: 0 };

  readonly rate: number;
  readonly noiseShape: NoiseShape | null;
  readonly seed: number | null;
  readonly #key: RandomKey;
  /** The last mask: new memory of this size costs as much as drawing the mask. */
  #last:
    | { readonly memory: Float32Array; readonly dataId: DataId; readonly backend: KernelBackend }
    | undefined;

  /** @throws ConfigError when the rate or the seed is out of range. */
  constructor(config: DropoutConfig) {
    super(config);
    const { rate, noiseShape = null, seed = null } = config;
    if (!(rate >= 0 && rate < 1)) {
      throw new ConfigError(
        `${this.name}: rate: expected a number of at least 0 and below 1, received ${rate}`,
        ['rate'],
      );
    }
    if (seed !== null && !(Number.isSafeInteger(seed) && seed >= 0)) {
      throw new ConfigError(`${this.name}: seed: expected a whole number of at least 0, received ${seed}`, [
        'seed',
      ]);
    }
    this.rate = rate;
    this.noiseShape = noiseShape;
    this.seed = seed;
    this.#key = seed === null ? fold(randomKey(0), 'dropout', this.name) : fold(randomKey(seed), 'dropout');
    this.supportsMasking = true;
  }

  /** @throws ConfigError when the noise shape does not fit the input. */
  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor | Tensor[] {
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      if (this.rate === 0 || !kwargs.training) return inputs;
      const input = Array.isArray(inputs) ? inputs[0]! : inputs;
      return mul(input, this.#nextMask(input.shape));
    });
  }

  #nextMask(inputShape: readonly number[]): Tensor {
    const shape = this.#maskShape(inputShape);
    const size = shape.reduce((product, length) => product * length, 1);
    const { step, rowOffset } = this.position;
    this.position = { step: step + 1, rowOffset };
    // A mask that all rows share is the same for every replica.
    const start = this.noiseShape?.[0] === 1 ? 0 : rowOffset * (size / shape[0]!);
    const memory = this.#freeMemory(size);
    dropoutMask(fold(this.#key, step), { size, rate: this.rate, start, out: memory });
    const mask = tensor(memory, shape);
    this.#last = { memory, dataId: mask.dataId, backend: backend() };
    return mask;
  }

  /** The last mask's memory once no tensor is made of it any more, since some backends' tensors are the array itself. */
  #freeMemory(size: number): Float32Array {
    const last = this.#last;
    const isFree =
      last?.memory.length === size && last.backend === backend() && last.backend.refCount(last.dataId) === 0;
    return isFree ? last.memory : new Float32Array(size);
  }

  #maskShape(inputShape: readonly number[]): number[] {
    if (this.noiseShape === null) return [...inputShape];
    requireNoiseShape(this.name, this.noiseShape, inputShape);
    return this.noiseShape.map((size, axis) => size ?? inputShape[axis]!);
  }

  override getConfig(): serialization.ConfigDict {
    const { rate, noiseShape, seed } = this;
    return { rate, noiseShape: noiseShape && [...noiseShape], seed, ...super.getConfig() };
  }
}

serialization.registerClass(Dropout);

/**
 * Tells every {@link Dropout} of a model, nested models included, where training stands. Call it before each
 * training forward pass.
 *
 * @param position `step`: optimizer updates so far. `rowOffset`: index within the whole batch of the first row
 *   that this model will see, 0 by default; replicas that each train on a slice of the batch then draw exactly
 *   the rows of the mask that one process would.
 */
export const setDropoutPosition = (
  model: LayersModel,
  { step, rowOffset = 0 }: { readonly step: number; readonly rowOffset?: number },
): void => {
  for (const layer of model.layers) {
    if (layer instanceof Dropout) layer.position = { step, rowOffset };
    else if (layer instanceof LayersModel) setDropoutPosition(layer, { step, rowOffset });
  }
};
