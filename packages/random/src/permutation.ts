import { createGenerator } from './generator.ts';
import type { RandomKey } from './key.ts';
import { requireInteger } from './require-integer.ts';

/**
 * Returns the numbers 0..n - 1 in random order, every order equally likely (Fisher & Yates, by Durstenfeld, 1964).
 *
 * @param n An integer from 0 to 2^32 - 1.
 * @throws RangeError for any other n.
 */
export const permutation = (key: RandomKey, n: number): Uint32Array => {
  requireInteger('permutation: n', n, 0, 2 ** 32 - 1);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const { nextInt } = createGenerator(key);
  for (let i = n - 1; i > 0; i--) {
    const j = nextInt(i + 1);
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
};
