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
});

test('the ends', () => {
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
  expect([normalCdf(Number.NEGATIVE_INFINITY), normalCdf(40)]).toEqual([0, 1]);
});
