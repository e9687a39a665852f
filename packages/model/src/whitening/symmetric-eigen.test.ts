import { createGenerator, randomKey } from '@dropout-lab/random';
import { expect, test } from 'vitest';
import { symmetricEigen } from './symmetric-eigen.ts';

test('of a matrix whose eigenvalues are known', () => {
  const pairs = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
  expect(pairs.map(({ value }) => value)).toEqual([expect.closeTo(3, 14), expect.closeTo(1, 14)]);
  const half = Math.SQRT1_2;
  expect([...pairs[0]!.vector]).toEqual([expect.closeTo(half, 14), expect.closeTo(half, 14)]);
  expect(pairs[1]!.vector[0]! * pairs[1]!.vector[1]!).toBeCloseTo(-0.5, 14);
});

test('of a diagonal matrix: its diagonal, sorted', () => {
  const pairs = symmetricEigen(Float64Array.of(1, 0, 0, 0, 7, 0, 0, 0, 0), 3);
  expect(pairs.map(({ value }) => value)).toEqual([7, 1, 0]);
  expect(pairs.map(({ vector }) => [...vector].indexOf(1))).toEqual([1, 0, 2]);
});

test('of 60 rows: A v = λ v, and vectors of length 1 at right angles', () => {
  const size = 60;
  const { nextFloat } = createGenerator(randomKey(5));
  const a = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) a[i * size + j] = a[j * size + i] = nextFloat() - 0.5;
  }
  const pairs = symmetricEigen(a, size);
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
    Array.from(x).reduce((sum, value, i) => sum + value * y[i]!, 0);
  pairs.forEach(({ value, vector }, k) => {
    for (let i = 0; i < size; i++) {
      expect(dot(a.subarray(i * size, (i + 1) * size), vector)).toBeCloseTo(value * vector[i]!, 12);
    }
    for (let other = 0; other <= k; other++) {
      expect(dot(vector, pairs[other]!.vector)).toBeCloseTo(other === k ? 1 : 0, 12);
    }
    if (k > 0) expect(value).toBeLessThanOrEqual(pairs[k - 1]!.value);
  });
});
