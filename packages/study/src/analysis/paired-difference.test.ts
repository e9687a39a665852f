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

  test('five pairs have no statistics, six have', () => {
    const values = [0.75, 0.76, 0.74, 0.755, 0.745, 0.765];
    const lower = values.map((value, i) => value - 0.01 - i * 0.001);
    expect(pairedDifference(bySeed(values.slice(1)), bySeed(lower))?.statistics).toBeUndefined();
    const { statistics, meanDifference } = pairedDifference(bySeed(values), bySeed(lower))!;
    // All differences have one sign: 2 of 2^6 signings reach their sum.
    expect(statistics?.pValue).toBe(2 / 64);
    expect(meanDifference).toBeCloseTo(0.0125, 12);
    expect(statistics!.interval.lower).toBeGreaterThan(0.0105);
    expect(statistics!.interval.upper).toBeLessThan(0.0145);
  });

  test('gives the same interval every time', () => {
    const first = bySeed([1, 3, 2, 5, 4, 6, 9]);
    const second = bySeed([0, 1, 2, 3, 4, 5, 6]);
    expect(pairedDifference(first, second)).toEqual(pairedDifference(first, second));
  });

  test('leaves a diverged run out', () => {
    expect(pairedDifference(bySeed([Number.NaN, 2]), bySeed([1, 1]))?.seeds).toEqual([1]);
    expect(pairedDifference(bySeed([Number.NaN]), bySeed([1]))).toBeUndefined();
  });
});
