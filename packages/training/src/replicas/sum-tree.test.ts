import { describe, expect, test } from 'vitest';
import { SLICES, type SumTree, shareTree, slicesOf, sumOf, sumTreeOf, sumTreeWithin } from './sum-tree.ts';

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
