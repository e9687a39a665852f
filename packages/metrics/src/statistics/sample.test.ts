import { expect, test } from 'vitest';
import { mean, median, standardDeviation } from './sample.ts';

test('mean, median and standard deviation of a sample', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(median([10, 9, 30])).toBe(10);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
  // Squares of 2, 1, 3 over n - 1.
  expect(standardDeviation([1, 2, 6])).toBe(Math.sqrt(7));
});

test('of nothing there is no mean or median, of one number no deviation', () => {
  expect(mean([])).toBeNaN();
  expect(median([])).toBeNaN();
  expect(standardDeviation([1])).toBeNaN();
});
