import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/comparison.json' with { type: 'json' };
import { mcnemarTest } from './mcnemar.ts';

describe('mcnemarTest', () => {
  test.each(reference.mcnemar)("is scipy's and statsmodels': $firstOnly to $secondOnly", (expected) => {
    const { firstOnly, secondOnly } = expected;
    const found = mcnemarTest({ firstOnly, secondOnly });
    // Below the least normal number neither side has all digits.
    const relative = firstOnly + secondOnly > 10_000 ? 1e-9 : 1e-11;
    for (const key of ['pValue', 'midPValue'] as const)
      expect(Math.abs(found[key] - expected[key]), key).toBeLessThanOrEqual(
        relative * expected[key] + 1e-300,
      );
  });

  test('by hand: 1 of 5 is reached by 6 of the 32 ways, twice', () => {
    expect(mcnemarTest({ firstOnly: 4, secondOnly: 1 }).pValue).toBeCloseTo(12 / 32, 15);
    expect(mcnemarTest({ firstOnly: 4, secondOnly: 1 }).midPValue).toBeCloseTo((1 + 6) / 32, 15);
  });

  test.each([
    ['no image on which they differ', 0, 0, 1, 1],
    ['a single one', 1, 0, 1, 0.5],
    ['equal counts', 3, 3, 1, 1 - 20 / 64 / 2],
    ['five to none cannot reach .05', 5, 0, 2 / 32, 1 / 32],
    ['six to none can', 0, 6, 2 / 64, 1 / 64],
  ])('%s', (_, firstOnly, secondOnly, pValue, midPValue) => {
    const found = mcnemarTest({ firstOnly, secondOnly });
    expect(found.pValue).toBeCloseTo(pValue, 14);
    expect(found.midPValue).toBeCloseTo(midPValue, 14);
  });

  test('which model is the first does not matter', () => {
    for (const [b, c] of [
      [3, 17],
      [1200, 1000],
    ] as const)
      expect(mcnemarTest({ firstOnly: b, secondOnly: c })).toEqual(
        mcnemarTest({ firstOnly: c, secondOnly: b }),
      );
  });

  test('hundreds of millions of images are an instant', () => {
    const { pValue } = mcnemarTest({ firstOnly: 200_000_000, secondOnly: 200_040_000 });
    // z = 40,000 / sqrt(400,040,000) = 1.9999: 0.0455.
    expect(pValue).toBeCloseTo(0.0455, 3);
  });

  test.each([
    [-1, 0, 'firstOnly: expected a whole number of at least 0, received -1'],
    [0, 1.5, 'secondOnly: expected a whole number of at least 0, received 1.5'],
    [0, Number.NaN, 'secondOnly: expected a whole number of at least 0, received NaN'],
  ])('refuses %d to %d', (firstOnly, secondOnly, message) => {
    expect(() => mcnemarTest({ firstOnly, secondOnly })).toThrow(message);
  });
});
