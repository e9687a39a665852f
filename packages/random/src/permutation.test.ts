import { expect, test } from 'vitest';
import { fold, permutation, randomKey } from './index.ts';

const key = randomKey(3);

test('every number once, the same for the same key, another order for another', () => {
  const order = permutation(key, 1000);
  expect([...order].sort((a, b) => a - b)).toEqual([...Array(1000).keys()]);
  expect(permutation(key, 1000)).toEqual(order);
  expect(permutation(fold(key, 1), 1000)).not.toEqual(order);
});

test('is what it was when this was written: a change would change every run', () => {
  expect([...permutation(randomKey(0), 10)]).toMatchInlineSnapshot(`
    [
      6,
      9,
      0,
      2,
      1,
      8,
      4,
      5,
      7,
      3,
    ]
  `);
});

test('nothing and one', () => {
  expect(permutation(key, 0)).toEqual(new Uint32Array(0));
  expect(permutation(key, 1)).toEqual(new Uint32Array(1));
  expect(() => permutation(key, -1)).toThrow(
    'permutation: n: expected an integer from 0 to 4294967295, got -1',
  );
});

test('every number is as likely at every position (chi-square)', () => {
  const n = 8;
  const trials = 8000;
  const counts = new Float64Array(n * n);
  for (let trial = 0; trial < trials; trial++) {
    permutation(fold(key, trial), n).forEach((value, position) => {
      counts[position * n + value]!++;
    });
  }
  const expected = trials / n;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = (n - 1) ** 2;
  expect(Math.abs(chiSquare - freedom)).toBeLessThan(5 * Math.sqrt(2 * freedom));
});

test('all orders of four are equally likely (chi-square)', () => {
  const counts = new Map<string, number>();
  const trials = 24_000;
  for (let trial = 0; trial < trials; trial++) {
    const order = permutation(fold(key, 'orders', trial), 4).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(chiSquare).toBeLessThan(23 + 5 * Math.sqrt(2 * 23));
});
