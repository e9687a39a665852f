import { ConfigError } from '@dropout-lab/contracts';
import { dropoutMask, fold, type RandomKey, randomKey } from '@dropout-lab/random';
import { mul, tensor } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import type { DropoutPosition } from './noise-layer.ts';

/** The settings of a layer with DropConnect, besides those of the layer itself. */
export interface DropConnectConfig {
  /** Fraction of the kernel's weights that are dropped in training, 0 <= rate < 1. */
  readonly dropConnect: number;
  /** A safe integer >= 0. Layers without one draw from a stream of their name. */
  readonly seed?: number | null;
}

/** The masks of a kernel, another one at every training call. */
export class KernelMask {
  /** As that of a `NoiseLayer`; all rows have one mask, so that its `rowOffset` does not count. */
  position: DropoutPosition = { step: 0, rowOffset: 0 };
  readonly rate: number;
  readonly seed: number | null;
  readonly #key: RandomKey;
  #last:
    | { readonly step: number; readonly call: number; readonly rate: number; readonly values: Float32Array }
    | undefined;

  /** @throws ConfigError when the rate or the seed is out of range. */
  constructor({ dropConnect: rate, seed = null }: DropConnectConfig, layer: string) {
    if (!(rate >= 0 && rate < 1)) {
      throw new ConfigError(
        `${layer}: dropConnect: expected a number of at least 0 and below 1, received ${rate}`,
        ['dropConnect'],
      );
    }
    if (seed !== null && !(Number.isSafeInteger(seed) && seed >= 0)) {
      throw new ConfigError(`${layer}: seed: expected a whole number of at least 0, received ${seed}`, [
        'seed',
      ]);
    }
    this.rate = rate;
    this.seed = seed;
    const stream = 'drop_connect';
    this.#key = seed === null ? fold(randomKey(0), stream, layer) : fold(randomKey(seed), stream);
  }

  /** Runs a training call of the layer, in which it reads the kernel times the mask of the position, which then moves on. */
  during<Result>(kernel: LayerVariable, run: () => Result): Result {
    const rate = this.rate * (this.position.rateFactor ?? 1);
    if (rate === 0) return run();
    const mask = tensor(this.#next(kernel, rate), kernel.shape as number[]);
    // A pass through slices of a batch has set a method of the kernel's own.
    const own = Object.getOwnPropertyDescriptor(kernel, 'read');
    const { read } = kernel;
    kernel.read = () => mul(read.call(kernel), mask);
    try {
      return run();
    } finally {
      if (own) Object.defineProperty(kernel, 'read', own);
      else Reflect.deleteProperty(kernel, 'read');
    }
  }

  #next({ shape }: LayerVariable, rate: number): Float32Array {
    const { step, call } = this.position;
    this.position = {
      ...this.position,
      ...(call === undefined ? { step: step + 1 } : { call: call + 1 }),
    };
    const last = this.#last;
    // Every slice of a batch asks for the same.
    if (last?.step === step && last.call === (call ?? 0) && last.rate === rate) return last.values;
    const size = (shape as number[]).reduce((product, length) => product * length, 1);
    const key = call ? fold(this.#key, step, call) : fold(this.#key, step);
    const values = dropoutMask(key, { size, rate });
    this.#last = { step, call: call ?? 0, rate, values };
    return values;
  }
}
