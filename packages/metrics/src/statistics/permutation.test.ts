import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/comparison.json' with { type: 'json' };
import { permutationPValue } from './permutation.ts';

describe('permutationPValue', () => {
  test.each(reference.permutation)("is scipy's: $first and $second", ({ first, second, pValue }) => {
    expect(permutationPValue(first, second)).toBeCloseTo(pValue, 12);
    expect(permutationPValue(second, first)).toBeCloseTo(pValue, 12);
  });

  test.each([
    // Two ways of the 20, of the 70, and of the 924.
    [[1, 2, 3], [4, 5, 6], 2 / 20],
    [[1, 2, 3, 4], [5, 6, 7, 8], 2 / 70],
    [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], 2 / 924],
    [[0.5], [0.5], 1],
    [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1], 1],
  ])('counts the ways to divide %j and %j', (first, second, pValue) => {
    expect(permutationPValue(first, second)).toBe(pValue);
  });

  test('refuses what cannot be divided', () => {
    expect(() => permutationPValue([], [1])).toThrow('expected a sample of at least 1, received one of 0');
    expect(() => permutationPValue([1], [Number.NaN])).toThrow('value 0: expected a finite number');
    expect(() => permutationPValue(Array(11).fill(1), Array(10).fill(1))).toThrow(
      'expected at most 20 numbers in both samples, which can be divided in every way, received 21',
    );
  });
});
