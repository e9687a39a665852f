import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/reference.json' with { type: 'json' };
import { normalCdf, normalQuantile } from './normal.ts';

describe("against scipy's", () => {
  test.each(reference.normalQuantile)('quantile of %d', (p, expected) => {
    expect(Math.abs(normalQuantile(p!) - expected!)).toBeLessThanOrEqual(1e-14 * Math.abs(expected!));
  });

  test.each(reference.normalCdf)('distribution function at %d', (x, expected) => {
    expect(Math.abs(normalCdf(x!) - expected!)).toBeLessThan(2e-15);
  });

  // `erfc(-x / sqrt(2)) / 2` of C's library.
  test.each([
    [-5.5, 1.8989562465887738e-8],
    [-6, 9.865876450377012e-10],
    [-8, 6.220960574271819e-16],
    [-8.3, 5.2055697448902866e-17],
    [-10, 7.619853024160593e-24],
    [-37, 5.725571222525139e-300],
  ])('the tail at %d, to the same share of its value', (x, expected) => {
    expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-13);
    expect(normalCdf(-x)).toBe(1 - normalCdf(x));
  });
});

test('rises from nothing to one', () => {
  const values = Array.from({ length: 2401 }, (_, i) => normalCdf((i - 1200) / 100));
  expect(values.findIndex((value, i) => value < (values[i - 1] ?? 0))).toBe(-1);
  expect(values.at(-1)).toBe(1);
});

test('the ends', () => {
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
  expect([normalCdf(Number.NEGATIVE_INFINITY), normalCdf(40)]).toEqual([0, 1]);
});
