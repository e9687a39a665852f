import { expect, test } from 'vitest';
import { gradientNormDifference, lossDifference, weightDifference } from './difference.ts';
import type { Trace } from './trace.ts';

const trace = (losses: number[], gradientNorms: number[][], weights: number[][]): Trace => ({
  losses,
  gradientNorms,
  weights: [
    weights.map((values, i) => ({
      name: `w${i}`,
      shape: [values.length],
      values: Float32Array.from(values),
    })),
  ],
});
const reference = trace([2, 4, 1], [[1], [10], [1]], [[8, -1], [0.5]]);

test('the largest of the steps that are asked for, absolute and relative each', () => {
  const found = trace([2.5, 4.75, 5], [[1.5], [11], [9]], [[8, -1], [0.5]]);
  expect(lossDifference(reference, found, 2)).toEqual({ absolute: 0.75, relative: 0.25 });
  expect(gradientNormDifference(reference, found, 2)).toEqual({ absolute: 1, relative: 0.5 });
});

test('of weights, relative to the largest of their array', () => {
  const found = trace([], [], [[8, -1.5], [0.375]]);
  expect(weightDifference(reference, found, 0)).toEqual({ absolute: 0.5, relative: 0.25 });
});

test('a number that is missing or none is no small difference', () => {
  expect(lossDifference(reference, trace([2], [], []), 2).absolute).toBeNaN();
  expect(lossDifference(reference, trace([2, Number.NaN], [], []), 2).relative).toBeNaN();
});
