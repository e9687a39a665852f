import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/comparison.json' with { type: 'json' };
import { studentMeanInterval, studentPValue } from './student.ts';

/** Returns n numbers with mean 10 and `sd / sqrt(n)` 1, so that the interval is 10 +- the quantile. */
const sampleOf = (n: number): number[] => {
  const raw = Array.from({ length: n }, (_, i) => i - (n - 1) / 2);
  const sd = Math.sqrt(raw.reduce((sum, value) => sum + value ** 2, 0) / (n - 1));
  return raw.map((value) => 10 + (value / sd) * Math.sqrt(n));
};

describe('studentMeanInterval', () => {
  test.each([
    // Quantiles of the published tables, for n - 1 = 1, 2, 3, 5, 6, 9 and 30 degrees of freedom.
    [2, 0.95, 12.706204736],
    [3, 0.95, 4.302652729],
    [4, 0.95, 3.182446305],
    [6, 0.95, 2.570581836],
    [7, 0.95, 2.446911848],
    [10, 0.95, 2.262157163],
    [31, 0.95, 2.042272456],
    [6, 0.99, 4.032142984],
    [4, 0.9, 2.353363435],
  ])('reaches the table’s quantile: n %i, level %f', (n, level, quantile) => {
    const { lower, upper } = studentMeanInterval(sampleOf(n), level);
    expect(upper - 10).toBeCloseTo(quantile, 8);
    expect(10 - lower).toBeCloseTo(quantile, 8);
  });

  test('equal numbers give an interval of width 0', () => {
    expect(studentMeanInterval([0.5, 0.5, 0.5])).toEqual({ lower: 0.5, upper: 0.5, level: 0.95 });
  });

  test('refuses samples without an interval', () => {
    expect(() => studentMeanInterval([1])).toThrow('expected a sample of at least 2, received one of 1');
    expect(() => studentMeanInterval([1, Number.NaN])).toThrow('value 1: expected a finite number');
    expect(() => studentMeanInterval([1, 2], 1)).toThrow('level: expected a number above 0 and below 1');
  });
});

describe('studentPValue', () => {
  test.each(reference.student)("is scipy's, as its interval is: $differences", (expected) => {
    const { differences, pValue, lower, upper } = expected;
    expect(Math.abs(studentPValue(differences) - pValue)).toBeLessThan(1e-14);
    const interval = studentMeanInterval(differences);
    expect(Math.abs(interval.lower - lower)).toBeLessThan(1e-11 * (upper - lower));
    expect(Math.abs(interval.upper - upper)).toBeLessThan(1e-11 * (upper - lower));
  });

  test.each([
    [[0, 0, 0], 1],
    [[0.25, 0.25, 0.25], 0],
    [[-1, 1], 1],
  ])('of %j it is %d', (sample, p) => {
    expect(studentPValue(sample)).toBe(p);
  });

  test('refuses samples without a spread', () => {
    expect(() => studentPValue([1])).toThrow('expected a sample of at least 2, received one of 1');
    expect(() => studentPValue([1, Number.NaN])).toThrow('value 1: expected a finite number');
  });
});
