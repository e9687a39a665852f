import { randomKey } from '@dropout-lab/random';
import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/reference.json' with { type: 'json' };
import { MetricsError } from '../errors.ts';
import { bootstrapMeanInterval } from './bootstrap.ts';
import { comparePairs } from './comparison.ts';
import { signFlipPValue } from './sign-flip.ts';

const key = randomKey(2019);

describe('signFlipPValue', () => {
  test.each(reference.signFlip)("is scipy's exact permutation test", ({ differences, pValue }) => {
    expect(signFlipPValue(differences)).toBeCloseTo(pValue, 14);
  });

  test('by hand: of the signings of 1, 2, 3 only +++ and --- reach 6, and four more reach 2', () => {
    expect(signFlipPValue([1, 2, 3])).toBe(2 / 8);
    expect(signFlipPValue([-1, 2, 3])).toBe(4 / 8);
    expect(signFlipPValue([1, -2, 3])).toBe(6 / 8);
    expect(signFlipPValue([1, 2, -3])).toBe(1);
  });

  test('five pairs cannot reach .05, six can', () => {
    expect(signFlipPValue([1, 1, 1, 1, 1])).toBe(0.0625);
    expect(signFlipPValue([1, 1, 1, 1, 1, 1])).toBe(0.03125);
  });

  test('sums that are equal but for rounding count as equal', () => {
    // .1 + .2 differs from .3 in the last bit; exactly, half of the signings of the three reach |.1 + .2 - .3| = 0.
    expect(signFlipPValue([0.1, 0.2, -0.3])).toBe(1);
    expect(signFlipPValue([0.7, -0.1, 0.3])).toBe(signFlipPValue([7, -1, 3]));
  });

  test('no difference at all', () => {
    expect(signFlipPValue([0, 0, 0])).toBe(1);
  });

  test('twenty pairs are the most', () => {
    expect(signFlipPValue(new Array(20).fill(1))).toBe(2 ** -19);
    expect(() => signFlipPValue(new Array(21).fill(1))).toThrow('expected at most 20 differences');
    expect(() => signFlipPValue([])).toThrow('expected a sample of at least 1, received one of 0');
  });
});

describe('bootstrapMeanInterval', () => {
  test.each(reference.bootstrap)(
    "is scipy's BCa within the noise of resampling",
    ({ differences, lower, upper }) => {
      const interval = bootstrapMeanInterval(differences, { key, resamples: 200_000 });
      const width = upper - lower;
      expect(Math.abs(interval.lower - lower)).toBeLessThan(0.01 * width);
      expect(Math.abs(interval.upper - upper)).toBeLessThan(0.01 * width);
    },
  );

  test('is not skewed by resampled means that equal the observed one but for rounding', () => {
    // Tenths and whole numbers are the same sample; only the first has rounding.
    const tenths = bootstrapMeanInterval([0.1, 0.2, 0.3, 0.6, 0.7, 1.1], { key });
    const whole = bootstrapMeanInterval([1, 2, 3, 6, 7, 11], { key });
    expect(tenths.lower * 10).toBeCloseTo(whole.lower, 12);
    expect(tenths.upper * 10).toBeCloseTo(whole.upper, 12);
  });

  test('the same key gives the same interval, another key another', () => {
    const sample = [1, 2, 4, 8, 16, 32];
    const interval = bootstrapMeanInterval(sample, { key });
    expect(bootstrapMeanInterval(sample, { key })).toEqual(interval);
    expect(bootstrapMeanInterval(sample, { key: randomKey(2) })).not.toEqual(interval);
  });

  test('a higher level is wider', () => {
    const sample = [1, 2, 4, 8, 16, 32];
    const at95 = bootstrapMeanInterval(sample, { key });
    const at80 = bootstrapMeanInterval(sample, { key, level: 0.8 });
    expect(at95.level).toBe(0.95);
    expect(at95.lower).toBeLessThan(at80.lower);
    expect(at95.upper).toBeGreaterThan(at80.upper);
  });

  test('equal values leave no doubt', () => {
    expect(bootstrapMeanInterval([3, 3, 3], { key })).toEqual({ lower: 3, upper: 3, level: 0.95 });
  });

  test.each<[readonly number[], object, string]>([
    [[1], {}, 'expected a sample of at least 2, received one of 1'],
    [[1, Number.NaN], {}, 'value 1: expected a finite number, received NaN'],
    [[1, 2], { level: 1 }, 'level: expected a number above 0 and below 1, received 1'],
    [[1, 2], { resamples: 10 }, 'resamples: expected a whole number of at least 1000, received 10'],
  ])('refuses %j with %j', (sample, options, message) => {
    expect(() => bootstrapMeanInterval(sample, { key, ...options })).toThrow(message);
  });
});

describe('comparePairs', () => {
  const withDropout = [0.753, 0.758, 0.761, 0.755, 0.757, 0.759];
  const without = [0.685, 0.69, 0.688, 0.681, 0.692, 0.686];

  test('finds the difference between arms', () => {
    const comparison = comparePairs(withDropout, without, { key });
    expect(comparison).toMatchObject({ pairs: 6, pValue: 2 / 64 });
    expect(comparison.meanDifference).toBeCloseTo(0.0701667, 6);
    expect(comparison.interval.lower).toBeGreaterThan(0.06);
    expect(comparison.interval.lower).toBeLessThan(comparison.meanDifference);
    expect(comparison.interval.upper).toBeGreaterThan(comparison.meanDifference);
  });

  test('arms exchanged, the sign turns', () => {
    const there = comparePairs(withDropout, without, { key });
    const back = comparePairs(without, withDropout, { key });
    expect(back.meanDifference).toBeCloseTo(-there.meanDifference, 15);
    expect(back.pValue).toBe(there.pValue);
  });

  test('refuses arms of unequal length', () => {
    expect(() => comparePairs(withDropout, without.slice(1), { key })).toThrow(MetricsError);
  });
});
