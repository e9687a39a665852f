import type { RandomKey } from './key.ts';
import { multiplyHigh } from './philox.ts';
import { requireInteger } from './require-integer.ts';
import { blockAt, toUnitInterval } from './stream.ts';

/** The position of a {@link Generator} in its key's stream. Plain data: it survives JSON. */
export interface GeneratorState {
  /** Words drawn so far. */
  readonly position: number;
}

/** Draws one number after another from a key's stream; for loops that do not know in advance how many they need. */
export interface Generator {
  /** Draws a number uniform over 0..2^32 - 1. */
  nextUint32(): number;
  /** Draws a number uniform over [0, 1), with 53 random bits. */
  nextFloat(): number;
  /**
   * Draws a number uniform over 0..bound - 1, without bias.
   *
   * @param bound An integer from 1 to 2^32.
   * @throws RangeError for any other bound.
   * @see Lemire, "Fast random integer generation in an interval", ACM TOMACS 2019.
   */
  nextInt(bound: number): number;
  /** The current position; with it and the same key, {@link createGenerator} continues from here. */
  readonly state: GeneratorState;
}

/**
 * Creates a generator at the beginning of a key's stream, or at the position of `state`.
 *
 * @throws RangeError when the state's position is not an integer >= 0.
 */
export const createGenerator = (key: RandomKey, state: GeneratorState = { position: 0 }): Generator => {
  requireInteger('createGenerator: state.position', state.position);
  let { position } = state;
  let block = blockAt(key, Math.floor(position / 4));

  const nextUint32 = (): number => {
    const lane = position % 4;
    const word = block[lane]!;
    position++;
    if (lane === 3) block = blockAt(key, position / 4);
    return word;
  };

  const nextInt = (bound: number): number => {
    requireInteger('nextInt: bound', bound, 1, 2 ** 32);
    if (bound === 2 ** 32) return nextUint32();
    // The high word of word * bound is the draw; low words below 2^32 mod bound are the surplus that biases it.
    const surplus = (2 ** 32 - bound) % bound;
    for (;;) {
      const word = nextUint32();
      if (Math.imul(word, bound) >>> 0 >= surplus) return multiplyHigh(word, bound);
    }
  };

  return {
    nextUint32,
    nextFloat: () => toUnitInterval(nextUint32(), nextUint32()),
    nextInt,
    get state() {
      return { position };
    },
  };
};
