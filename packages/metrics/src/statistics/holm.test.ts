import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/comparison.json' with { type: 'json' };
import { holmAdjusted } from './holm.ts';

describe('holmAdjusted', () => {
  test.each(reference.holm)("is statsmodels': $pValues", ({ pValues, adjusted }) => {
    const found = holmAdjusted(pValues);
    expect(found).toHaveLength(adjusted.length);
    for (const [i, p] of found.entries()) expect(Math.abs(p - adjusted[i]!)).toBeLessThan(1e-15);
  });

  test.each([
    ['none', [], []],
    ['a single one is as it was', [0.04], [0.04]],
    ['by hand: 3 times the least, 2 times the next, never falling', [0.03, 0.01, 0.02], [0.04, 0.03, 0.04]],
    ['never above 1', [0.6, 0.5], [1, 1]],
    ['the ends', [0, 1], [0, 1]],
  ])('%s', (_, pValues, adjusted) => {
    expect(holmAdjusted(pValues)).toEqual(adjusted);
  });

  test.each([[[0.5, -0.1]], [[0.5, 1.1]], [[0.5, Number.NaN]]])('refuses %j', (pValues) => {
    expect(() => holmAdjusted(pValues)).toThrow(`value 1: expected a p-value 0..1, received ${pValues[1]}`);
  });
});
