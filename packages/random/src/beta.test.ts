import { describe, expect, test } from 'vitest';
import reference from '../fixtures/beta.json' with { type: 'json' };
import { symmetricBeta } from './beta.ts';
import { createGenerator } from './generator.ts';
import { randomKey } from './key.ts';

const COUNT = 40_000;

const draws = (alpha: number, seed = 11): number[] => {
  const generator = createGenerator(randomKey(seed));
  return Array.from({ length: COUNT }, () => symmetricBeta(generator, alpha));
};

describe.each(reference)('Beta($alpha, $alpha)', ({ alpha, variance, places, fractionBelow }) => {
  const drawn = draws(alpha);

  test('is distributed as in scipy', () => {
    places.forEach((place, i) => {
      const expected = fractionBelow[i]!;
      const below = drawn.filter((value) => value <= place).length / COUNT;
      // Four standard errors of a fraction.
      const allowed = 4 * Math.sqrt((expected * (1 - expected)) / COUNT) + 1e-4;
      expect(Math.abs(below - expected), `below ${place}`).toBeLessThan(allowed);
    });
    const mean = drawn.reduce((sum, value) => sum + value, 0) / COUNT;
    expect(mean).toBeCloseTo(0.5, 2);
    const found = drawn.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / COUNT;
    expect(Math.abs(found / variance - 1)).toBeLessThan(0.03);
  });

  test('is a multiple of 2^-24 from 0 to 1, and the same every time', () => {
    expect(drawn.every((value) => value >= 0 && value <= 1 && Number.isInteger(value * 2 ** 24))).toBe(true);
    expect(draws(alpha).slice(0, 100)).toEqual(drawn.slice(0, 100));
    expect(draws(alpha, 12).slice(0, 100)).not.toEqual(drawn.slice(0, 100));
  });
});

test('an alpha so small that its powers would all be 0 gives one or the other image whole', () => {
  const drawn = draws(0.0001).slice(0, 1000);
  const whole = drawn.filter((value) => value === 0 || value === 1).length;
  expect(whole).toBeGreaterThan(990);
  const ones = drawn.filter((value) => value > 0.5).length;
  expect(ones).toBeGreaterThan(430);
  expect(ones).toBeLessThan(570);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('alpha %f is refused', (alpha) => {
  expect(() => symmetricBeta(createGenerator(randomKey(0)), alpha)).toThrow(
    `symmetricBeta: alpha: expected a finite number above 0, got ${alpha}`,
  );
});
