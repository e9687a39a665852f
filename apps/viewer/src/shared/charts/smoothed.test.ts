import { expect, test } from 'vitest';
import { smoothed } from './smoothed.ts';

test('smoothing starts at the first value and weighs the past', () => {
  expect(smoothed([1, 2, 4], 0)).toEqual([1, 2, 4]);
  // (0.25 * 1 + 0.5 * 2) / 0.75; (0.125 * 1 + 0.25 * 2 + 0.5 * 4) / 0.875
  const [first, second, third] = smoothed([1, 2, 4], 0.5);
  expect(first).toBe(1);
  expect(second).toBeCloseTo(5 / 3, 12);
  expect(third).toBeCloseTo(3, 12);
});
