import { describe, expect, test } from 'vitest';
import { pairedDifference } from './paired-difference.ts';

const bySeed = (values: readonly number[]) => new Map(values.map((value, seed) => [seed, value]));

describe('pairedDifference', () => {
  test('pairs by seed, whatever the order, and leaves out what has no partner', () => {
    const first = new Map([
      [7, 0.8],
      [2, 0.75],
      [5, 0.5],
    ]);
    const second = new Map([
      [2, 0.5],
      [7, 0.7],
      [9, 0.1],
    ]);
    const paired = pairedDifference(first, second)!;
    expect(paired.seeds).toEqual([2, 7]);
    expect(paired.differences[0]).toBe(0.25);
    expect(paired.differences[1]).toBeCloseTo(0.1, 12);
    expect(paired.meanDifference).toBeCloseTo(0.175, 12);
    expect(paired.statistics).toBeUndefined();
  });

  test('three pairs have no statistics, four have, and six a sign-flip test', () => {
    const values = [0.75, 0.76, 0.74, 0.755, 0.745, 0.765];
    const lower = values.map((value, i) => value - 0.01 - i * 0.001);
    const firstOf = (pairs: number) => pairedDifference(bySeed(values.slice(0, pairs)), bySeed(lower))!;
    expect(firstOf(3).statistics).toBeUndefined();
    // Of .010, .011, .012, .013: mean .0115, sd .00129, t with 3 degrees of freedom 3.182.
    const { interval, pValue, signFlipPValue } = firstOf(4).statistics!;
    expect(interval.lower).toBeCloseTo(0.0115 - (3.182446 * 0.001290994) / 2, 8);
    expect(interval.upper).toBeCloseTo(0.0115 + (3.182446 * 0.001290994) / 2, 8);
    expect(pValue).toBeGreaterThan(0);
    expect(pValue).toBeLessThan(0.001);
    expect(signFlipPValue).toBeUndefined();
    // All differences have one sign: 2 of 2^6 signings reach their sum.
    expect(firstOf(6).statistics!.signFlipPValue).toBe(2 / 64);
    expect(firstOf(6).meanDifference).toBeCloseTo(0.0125, 12);
  });

  test('of more seeds than signings can be counted there is no sign-flip test, though all else', () => {
    const many = Array.from({ length: 21 }, (_, i) => 0.7 + i * 0.001);
    const { seeds, statistics } = pairedDifference(bySeed(many), bySeed(many.map((value) => value - 0.01)))!;
    expect(seeds).toHaveLength(21);
    expect(statistics!.interval.lower).toBeCloseTo(0.01, 9);
    expect(statistics!.signFlipPValue).toBeUndefined();
  });

  test('leaves a diverged run out', () => {
    expect(pairedDifference(bySeed([Number.NaN, 2]), bySeed([1, 1]))?.seeds).toEqual([1]);
    expect(pairedDifference(bySeed([Number.NaN]), bySeed([1]))).toBeUndefined();
  });
});
