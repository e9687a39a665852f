import { expect } from 'vitest';

/** Returns the largest difference between numbers and as many that were expected. */
export const largestError = (found: ArrayLike<number>, expected: ArrayLike<number>): number => {
  expect(found.length).toBe(expected.length);
  return Math.max(...Array.from(expected, (value, i) => Math.abs(found[i]! - value)));
};
