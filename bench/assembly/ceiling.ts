import { accumulateRuns, BLOCK_BYTES } from '../../packages/wasm-training/assembly/convolution/accumulate';

/** Rows of operands: with the sums, 24 KiB, which stay in the nearest cache. */
const ROWS: usize = 190;
const sums: usize = memory.data(128, 16);
const coefficients: usize = memory.data(1024, 16);
const rows: usize = memory.data(32768, 16);

/** Multiplies and adds `times` x {@link floatsAtOnce} numbers, in the loop that every kernel is built around. */
export function multiplyAndAdd(times: usize): void {
  for (; times; times--) accumulateRuns(sums, coefficients, 0, rows, 0, 1, ROWS);
}

/** Products of one turn of {@link multiplyAndAdd}. */
export function floatsAtOnce(): usize {
  return (ROWS * BLOCK_BYTES) >> 2;
}
