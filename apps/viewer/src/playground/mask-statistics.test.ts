import { expect, test } from 'vitest';
import { highest, keptFraction, spreadOf } from './mask-statistics.ts';

test('of a mask, what is kept', () => {
  expect(keptFraction({ mask: Float32Array.of(2, 0, 2, 2) })).toBe(0.75);
  expect(highest(Float32Array.of(2, 0, 2, 2))).toBe(2);
  expect(highest(Float32Array.of(-1))).toBe(0);
});

test('mean and sample deviation of each class', () => {
  const spread = spreadOf([Float32Array.of(0.25, 0.75), Float32Array.of(0.75, 0.25)]);
  expect(spread.map(({ mean }) => mean)).toEqual([0.5, 0.5]);
  expect(spread[0]!.deviation).toBeCloseTo(Math.sqrt(0.125), 12);
  expect(spreadOf([])).toEqual([]);
});
