import { philox4x32, type Words2, type Words4 } from './philox.ts';
import { requireInteger } from './require-integer.ts';
import { wordsOf } from './words.ts';

/**
 * A stream of random numbers, as a value: the same key always gives the same numbers, and drawing from it
 * changes nothing. Make one with {@link randomKey}, others with {@link fold}. Plain data: it survives JSON and
 * `postMessage`.
 */
export interface RandomKey {
  /** Two uint32. */
  readonly words: readonly [number, number];
}

// The last word of the counter separates the uses of a key, so that no derived key is ever a number of the
// parent's stream, and no name leads to the key of a number.
const NUMBER = 1;
const NAME_LENGTH = 2;
const NAME_PART = 3;

/**
 * Returns the key of a seed.
 *
 * @param seed A safe integer >= 0.
 * @throws RangeError for any other seed.
 */
export const randomKey = (seed: number): RandomKey => {
  requireInteger('randomKey: seed', seed);
  return { words: wordsOf(seed) };
};

/**
 * Derives the key of an independent stream by a path of names and numbers:
 * `fold(key, 'dropout/1', step)`. `fold(key, a, b)` is `fold(fold(key, a), b)`; the name `'1'` and the number
 * `1` lead to different keys.
 *
 * Each element is run through Philox under the key so far, and half of the block becomes the next key (a
 * random function to 64 bits: two paths meet with a probability of 2^-64).
 *
 * @param path Any strings, and safe integers >= 0.
 * @throws RangeError for any other number.
 */
export const fold = (key: RandomKey, ...path: (string | number)[]): RandomKey => ({
  words: path.reduce<Words2>(
    (words, element) => (typeof element === 'number' ? foldNumber(words, element) : foldName(words, element)),
    key.words,
  ),
});

const absorb = (words: Words2, counter: Words4): Words2 => {
  const [first, second] = philox4x32(counter, words);
  return [first, second];
};

const foldNumber = (words: Words2, number: number): Words2 => {
  requireInteger('fold: number in path', number);
  return absorb(words, [...wordsOf(number), 0, NUMBER]);
};

/** Absorbs the length, then six UTF-16 code units a block, so that no name's blocks are the beginning of another's. */
const foldName = (words: Words2, name: string): Words2 => {
  const pair = (i: number) => ((name.charCodeAt(i) || 0) | ((name.charCodeAt(i + 1) || 0) << 16)) >>> 0;
  let state = absorb(words, [name.length, 0, 0, NAME_LENGTH]);
  for (let i = 0; i < name.length; i += 6) {
    state = absorb(state, [pair(i), pair(i + 2), pair(i + 4), NAME_PART]);
  }
  return state;
};
