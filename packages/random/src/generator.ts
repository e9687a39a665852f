import type { RandomKey } from './key.ts';
import { multiplyHigh } from './philox.ts';
import { requireInteger } from './require-integer.ts';
import { blockAt, toUnitInterval } from './stream.ts';

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
}

/** Creates a generator at the beginning of a key's stream. */
export const createGenerator = (key: RandomKey): Generator => {
  let position = 0;
  let block = blockAt(key, 0);

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
  };
};
