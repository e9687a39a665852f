import type { RandomKey } from './key.ts';
import { philox4x32, type Words4 } from './philox.ts';
import { requireInteger } from './require-integer.ts';
import { wordsOf } from './words.ts';

/** Returns words 4 * index to 4 * index + 3 of a key's stream. */
export const blockAt = (key: RandomKey, index: number): Words4 =>
  philox4x32([...wordsOf(index), 0, 0], key.words);

/** Returns a double in [0, 1) from the upper 27 and 26 bits of two words: every multiple of 2^-53 is equally likely. */
export const toUnitInterval = (first: number, second: number): number =>
  ((first >>> 5) * 2 ** 26 + (second >>> 6)) * 2 ** -53;

/**
 * Draws words [start, start + count) of a key's stream, each uniform over 0..2^32 - 1.
 *
 * @throws RangeError when `count` or `start` is not an integer >= 0.
 */
export const uint32s = (key: RandomKey, count: number, start = 0): Uint32Array => {
  requireInteger('uint32s: count', count);
  requireInteger('uint32s: start', start);
  const words = new Uint32Array(count);
  const skip = start % 4;
  let block = (start - skip) / 4;
  for (let i = -skip; i < count; i += 4) {
    const four = blockAt(key, block++);
    for (let lane = Math.max(0, -i); lane < 4 && i + lane < count; lane++) words[i + lane] = four[lane]!;
  }
  return words;
};

/**
 * Draws `count` numbers uniform over [0, 1), with 53 random bits each: number i is made of words 2i and 2i + 1 of the
 * key's stream. Rounding one to float32 can give 1.
 *
 * @throws RangeError when `count` is not an integer >= 0.
 */
export const uniform = (key: RandomKey, count: number): Float64Array => {
  requireInteger('uniform: count', count);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    const [a, b, c, d] = blockAt(key, i / 2);
    numbers[i] = toUnitInterval(a, b);
    if (i + 1 < count) numbers[i + 1] = toUnitInterval(c, d);
  }
  return numbers;
};
