import { describe, expect, test } from 'vitest';
import {
  runsOf,
  SLICES,
  type SumTree,
  shareTree,
  slicesOf,
  slicesWithin,
  sumOf,
  sumTreeOf,
  sumTreeWithin,
} from './sum-tree.ts';

/** The sum as it is written. */
const written = (tree: SumTree): string =>
  sumOf(
    tree,
    ({ start, end, halves }) => (halves ? undefined : `${start}-${end}`),
    (a, b) => `(${a} + ${b})`,
  );

test.each([
  [1, '0-1'],
  [2, '(0-1 + 1-2)'],
  [3, '((0-1 + 1-2) + 2-3)'],
  [5, '(((0-1 + 1-2) + (2-3 + 3-4)) + 4-5)'],
  [7, '(((0-1 + 1-2) + (2-3 + 3-4)) + ((4-5 + 5-6) + 6-7))'],
  [250, '(((0-31 + 31-62) + (62-93 + 93-125)) + ((125-156 + 156-187) + (187-218 + 218-250)))'],
])('a batch of %d images is summed in one order', (size, expected) => {
  expect(written(sumTreeOf(size))).toBe(expected);
});

describe('shared among workers', () => {
  const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 250];
  const counts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 64];

  test.each(sizes.flatMap((size) => counts.map((count) => [size, count] as const)))(
    '%d images among %d: every slice once, in order, as few parts as there can be',
    (size, count) => {
      const tree = sumTreeOf(size);
      const slices = slicesOf(tree);
      const shares = shareTree(tree, count);
      expect(shares.flatMap((parts) => parts.flatMap(slicesOf))).toEqual(slices);
      expect(shares).toHaveLength(Math.min(count, size, SLICES));
      const lengths = shares.map((parts) => parts.flatMap(slicesOf).length);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      expect(Math.max(...shares.map((parts) => parts.length))).toBeLessThanOrEqual(2);
    },
  );

  test.each(sizes)('the parts of %d images are summed as the whole', (size) => {
    const tree = sumTreeOf(size);
    for (const count of counts) {
      const known = new Map(
        shareTree(tree, count).flatMap((parts) => parts.map((part) => [part, written(part)])),
      );
      expect(
        sumOf(
          tree,
          (part) => known.get(part),
          (a, b) => `(${a} + ${b})`,
        ),
      ).toBe(written(tree));
    }
  });
});

test('a part of a batch that is one of its tree is summed as there, another by a tree of its own', () => {
  expect(sumTreeWithin(16, 4, 8)).toEqual({
    start: 4,
    end: 8,
    halves: [
      { start: 4, end: 6 },
      { start: 6, end: 8 },
    ],
  });
  expect(written(sumTreeWithin(16, 5, 8))).toBe('((5-6 + 6-7) + 7-8)');
});

describe('rows of a batch', () => {
  const inWords = (rows: readonly { readonly start: number; readonly end: number }[]) =>
    rows.map(({ start, end }) => `${start}-${end}`);

  test('have the slices of the batch, where they begin and end with one', () => {
    expect(inWords(slicesWithin(20, 0, 20))).toEqual(inWords(slicesOf(sumTreeOf(20))));
    expect(inWords(slicesWithin(20, 5, 15))).toEqual(['5-7', '7-10', '10-12', '12-15']);
    expect(inWords(slicesWithin(20, 6, 8))).toEqual(['6-7', '7-8']);
  });

  test.each([1, 5, 8, 33, 250])('of %d images among workers: every slice once, in order', (size) => {
    const slices = slicesWithin(size, 0, size);
    for (const count of [1, 2, 3, 8, 64]) {
      const runs = runsOf(slices, count);
      expect(runs).toHaveLength(Math.min(count, slices.length));
      expect(runs.flatMap(({ start, end }) => slicesWithin(size, start, end))).toEqual(slices);
    }
  });
});
