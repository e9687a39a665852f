import type { Batch } from '@dropout-lab/contracts';

/**
 * The order in which the gradients of a batch are summed: rows of the batch, in two halves whose sums are added, and so on down
 * to the slices that are computed at once. It depends on the size of the batch alone, not on who computes which slice, so
 * that any number of threads comes to the same bits.
 */
export interface SumTree {
  /** First row. */
  readonly start: number;
  /** One past the last row. */
  readonly end: number;
  /** Undefined for a slice that is computed at once. */
  readonly halves?: readonly [SumTree, SumTree];
}

/** The number of slices of a batch, and so of the threads that can share it. */
export const SLICES = 8;

/** Returns the tree of a batch: at most {@link SLICES} slices, whose sizes differ by at most one. */
export const sumTreeOf = (batchSize: number): SumTree => {
  const count = Math.min(SLICES, batchSize);
  const rowOf = (slice: number): number => Math.floor((slice * batchSize) / count);
  const between = (first: number, last: number): SumTree => {
    const rows = { start: rowOf(first), end: rowOf(last) };
    if (last - first <= 1) return rows;
    const middle = first + 2 ** Math.floor(Math.log2(last - first - 1));
    return { ...rows, halves: [between(first, middle), between(middle, last)] };
  };
  return between(0, count);
};

/** Returns the part of a batch's tree with exactly these rows; for other rows, a tree of their own. */
export const sumTreeWithin = (batchSize: number, start: number, end: number): SumTree =>
  find(sumTreeOf(batchSize), start, end) ?? shifted(sumTreeOf(end - start), start);

const find = (tree: SumTree, start: number, end: number): SumTree | undefined => {
  if (tree.start === start && tree.end === end) return tree;
  return tree.halves?.map((half) => find(half, start, end)).find((found) => found !== undefined);
};

const shifted = ({ start, end, halves }: SumTree, by: number): SumTree => ({
  start: start + by,
  end: end + by,
  ...(halves && { halves: [shifted(halves[0], by), shifted(halves[1], by)] }),
});

/** The slices of a tree, in order. */
export const slicesOf = (tree: SumTree): readonly SumTree[] => tree.halves?.flatMap(slicesOf) ?? [tree];

/** Returns the tree of rows that are computed in `count` slices at most, one for each of so many threads, added one by one. */
export const rowOfSlices = (size: number, start: number, count: number): SumTree => {
  const slices = splitRows(size, count).map((rows) => ({ start: start + rows.start, end: start + rows.end }));
  return slices.reduce((sum: SumTree, slice): SumTree => ({ start, end: slice.end, halves: [sum, slice] }));
};

/** Splits a batch into at most `count` slices, whose sizes differ by at most one; none is empty. */
const splitRows = (size: number, count: number): { readonly start: number; readonly end: number }[] => {
  const slices = Math.min(count, size);
  return Array.from({ length: slices }, (_, i) => ({
    start: Math.floor((i * size) / slices),
    end: Math.floor(((i + 1) * size) / slices),
  }));
};

/** Returns the slices of a batch that rows of it consist of, in order; of other rows, slices of their own. */
export const slicesWithin = (batchSize: number, start: number, end: number): readonly SumTree[] => {
  const slices = slicesOf(sumTreeOf(batchSize)).filter((slice) => slice.start >= start && slice.end <= end);
  if (slices[0]?.start === start && slices.at(-1)!.end === end) return slices;
  return slicesOf(shifted(sumTreeOf(end - start), start));
};

/** Splits slices that follow each other into at most `count` runs of rows, with as many slices as there can be evenly. */
export const runsOf = (
  slices: readonly SumTree[],
  count: number,
): { readonly start: number; readonly end: number }[] =>
  splitRows(slices.length, count).map(({ start, end }) => ({
    start: slices[start]!.start,
    end: slices[end - 1]!.end,
  }));

/**
 * Shares the slices of a tree evenly among workers, each a run of consecutive ones.
 *
 * @returns For each worker with any, the largest parts of the tree that make up its run.
 */
export const shareTree = (tree: SumTree, workers: number): readonly (readonly SumTree[])[] => {
  const slices = slicesOf(tree);
  const count = Math.min(workers, slices.length);
  const firstOf = (worker: number): number => Math.floor((worker * slices.length) / count);
  return Array.from({ length: count }, (_, worker) =>
    cover(tree, slices[firstOf(worker)]!.start, slices[firstOf(worker + 1) - 1]!.end),
  );
};

const cover = (tree: SumTree, start: number, end: number): readonly SumTree[] => {
  if (tree.end <= start || tree.start >= end) return [];
  if (tree.start >= start && tree.end <= end) return [tree];
  return tree.halves!.flatMap((half) => cover(half, start, end));
};

/**
 * Adds up a tree.
 *
 * @param partOf Returns the value of a part that is known as a whole, which a slice has to be.
 */
export const sumOf = <Value>(
  tree: SumTree,
  partOf: (part: SumTree) => Value | undefined,
  add: (a: Value, b: Value) => Value,
): Value => partOf(tree) ?? add(sumOf(tree.halves![0], partOf, add), sumOf(tree.halves![1], partOf, add));

/**
 * Returns rows of a batch, views of it.
 *
 * @param offset The number of the first row that is there, where it is a part of a batch.
 */
export const rowsOf = (
  { images, labels, sampleWeights, size }: Batch,
  { start, end }: Pick<SumTree, 'start' | 'end'>,
  offset = 0,
): Batch => {
  const rowLength = images.length / size;
  const labelLength = labels.length / size;
  const [first, last] = [start - offset, end - offset];
  return {
    images: images.subarray(first * rowLength, last * rowLength),
    labels: labels.subarray(first * labelLength, last * labelLength),
    ...(sampleWeights && { sampleWeights: sampleWeights.subarray(first, last) }),
    size: end - start,
  };
};
