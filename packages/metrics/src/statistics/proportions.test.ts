import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/comparison.json' with { type: 'json' };
import {
  independentDifferenceInterval,
  pairedDifferenceInterval,
  twoProportionPValue,
  wilsonInterval,
} from './proportions.ts';

const table = (both: number, firstOnly: number, secondOnly: number, neither: number) => ({
  ...{ both, firstOnly, secondOnly, neither },
});

describe('wilsonInterval', () => {
  test.each(reference.wilson)("is statsmodels': $successes of $total at $level", (expected) => {
    const { successes, total, level, lower, upper } = expected;
    const found = wilsonInterval({ successes, total }, level);
    expect(Math.abs(found.lower - lower)).toBeLessThan(1e-14);
    expect(Math.abs(found.upper - upper)).toBeLessThan(1e-14);
  });

  test.each([
    ['none of one', 0, 1, 0, 0.7935],
    ['one of one', 1, 1, 0.2065, 1],
    ['none of 10,000', 0, 10_000, 0, 0.000384],
    ['all of 10,000', 10_000, 10_000, 0.999616, 1],
    ['half of a billion', 5e8, 1e9, 0.499969, 0.500031],
  ])('%s', (_, successes, total, lower, upper) => {
    const found = wilsonInterval({ successes, total });
    expect(found.lower).toBeCloseTo(lower, 4);
    expect(found.upper).toBeCloseTo(upper, 4);
    expect(found.lower).toBeGreaterThanOrEqual(0);
    expect(found.upper).toBeLessThanOrEqual(1);
  });

  test.each([
    [
      { successes: 0, total: 0 },
      0.95,
      'expected at least 1 trial and no more successes than trials, received 0 of 0',
    ],
    [{ successes: 3, total: 2 }, 0.95, 'received 3 of 2'],
    [{ successes: 0.5, total: 2 }, 0.95, 'successes: expected a whole number of at least 0, received 0.5'],
    [{ successes: 1, total: 2 }, 1, 'level: expected a number above 0 and below 1, received 1'],
  ])('refuses %j at %d', (proportion, level, message) => {
    expect(() => wilsonInterval(proportion, level)).toThrow(message);
  });
});

describe('independentDifferenceInterval', () => {
  test.each(reference.independent)("is statsmodels': $first and $second", (expected) => {
    const [first, second] = [expected.first, expected.second].map(([successes, total]) => ({
      successes: successes!,
      total: total!,
    }));
    const { lower, upper } = independentDifferenceInterval(first!, second!);
    expect(Math.abs(lower - expected.lower)).toBeLessThan(1e-14);
    expect(Math.abs(upper - expected.upper)).toBeLessThan(1e-14);
    expect(Math.abs(twoProportionPValue(first!, second!) - expected.pValue)).toBeLessThan(1e-14);
  });

  test('models that differ by far have a p-value of next to nothing, and not below', () => {
    const pValue = twoProportionPValue(
      { successes: 7655, total: 10_000 },
      { successes: 7109, total: 10_000 },
    );
    expect(pValue).toBeGreaterThan(0);
    expect(pValue).toBeLessThan(1e-15);
  });

  test('no model of an image is refused, and more right answers than images', () => {
    const one = { successes: 1, total: 1 };
    const message = 'expected at least 1 trial and no more successes than trials, received';
    for (const wrong of [
      { successes: 0, total: 0 },
      { successes: 3, total: 2 },
    ]) {
      expect(() => independentDifferenceInterval(one, wrong)).toThrow(message);
      expect(() => twoProportionPValue(one, wrong)).toThrow(message);
    }
  });
});

describe('pairedDifferenceInterval', () => {
  test.each([
    // Altman et al. 2000, Statistics with Confidence, table 6.2; Fagerland, Lydersen & Laake 2014, Recommended Tests and
    // Confidence Intervals for Paired Binomial Proportions: airway hyper-responsiveness. To the digits that they print.
    ['14, 5, 0, 22', table(14, 5, 0, 22), 0.011, 0.226, 3],
    ['1, 1, 7, 12', table(1, 1, 7, 12), -0.507, -0.026, 3],
  ])('is the published example %s', (_, counts, lower, upper, digits) => {
    const found = pairedDifferenceInterval(counts);
    expect(found.lower).toBeCloseTo(lower, digits);
    expect(found.upper).toBeCloseTo(upper, digits);
  });

  test.each(reference.bootstrap)('is near the percentiles of a bootstrap over images: $table', (expected) => {
    const [both, firstOnly, secondOnly, neither] = expected.table as [number, number, number, number];
    const { lower, upper } = pairedDifferenceInterval({ both, firstOnly, secondOnly, neither });
    const width = expected.upper - expected.lower;
    expect(Math.abs(lower - expected.lower)).toBeLessThan(0.05 * width);
    expect(Math.abs(upper - expected.upper)).toBeLessThan(0.05 * width);
  });

  test('without a correlation it is that of independent samples', () => {
    // 60 * 20 = 30 * 40; less than n / 2 above that counts as none.
    for (const counts of [table(60, 30, 40, 20), table(60, 30, 40, 21)]) {
      const total = counts.both + counts.firstOnly + counts.secondOnly + counts.neither;
      expect(pairedDifferenceInterval(counts)).toEqual(
        independentDifferenceInterval(
          { successes: counts.both + counts.firstOnly, total },
          { successes: counts.both + counts.secondOnly, total },
        ),
      );
    }
  });

  test('what both have in common makes it narrower', () => {
    const paired = pairedDifferenceInterval(table(6600, 874, 319, 2207));
    const independent = independentDifferenceInterval(
      { successes: 7474, total: 10_000 },
      { successes: 6919, total: 10_000 },
    );
    expect(paired.upper - paired.lower).toBeLessThan(0.8 * (independent.upper - independent.lower));
  });

  test.each([
    ['both always right', table(100, 0, 0, 0)],
    ['both always wrong', table(0, 0, 0, 100)],
    ['no image on which they differ', table(70, 0, 0, 30)],
    ['equally often right', table(40, 20, 20, 20)],
    ['one image', table(1, 0, 0, 0)],
    ['a billion images', table(6e8, 1e8, 1e8, 2e8)],
  ])('%s: around 0 and as wide to either side', (_, counts) => {
    const { lower, upper } = pairedDifferenceInterval(counts);
    expect(lower).toBeLessThan(0);
    expect(upper + lower).toBeCloseTo(0, 12);
    expect(upper).toBeLessThanOrEqual(1);
  });

  test('models exchanged, the signs turn', () => {
    const there = pairedDifferenceInterval(table(50, 30, 5, 15));
    const back = pairedDifferenceInterval(table(50, 5, 30, 15));
    expect(back.lower).toBeCloseTo(-there.upper, 15);
    expect(back.upper).toBeCloseTo(-there.lower, 15);
  });

  test.each([
    ['one image that only the first got right', table(0, 1, 0, 0)],
    ['always right against always wrong', table(0, 50, 0, 0)],
  ])('%s: never beyond 1', (_, counts) => {
    expect(pairedDifferenceInterval(counts).upper).toBeLessThanOrEqual(1);
  });

  test.each([
    [table(0, 0, 0, 0), 'expected at least 1 trial'],
    [table(1, -1, 0, 0), 'firstOnly: expected a whole number of at least 0, received -1'],
  ])('refuses %j', (counts, message) => {
    expect(() => pairedDifferenceInterval(counts)).toThrow(message);
  });
});
