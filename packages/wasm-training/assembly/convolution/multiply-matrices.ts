import { accumulate, BLOCK, BLOCK_BYTES, blocksFor, ENTRY_BYTES } from './accumulate';
import { appendNonZero } from './non-zeros';
import { copyFloats } from './packed-weights';

/** Bytes of scratch memory that {@link multiplyTransposed} needs. */
export function multiplyTransposedScratchBytes(rows: usize, columns: usize, bColumns: usize): usize {
  return (
    blocksFor(bColumns) * rows * BLOCK_BYTES + BLOCK_BYTES + (columns << 2) + columns * rows * ENTRY_BYTES
  );
}

/**
 * product[i, j] = sum over n of a[n, i] * b[n, j], as the gradient of a dense layer's kernel: the numbers of each column of a
 * that are not zero are listed, and sum their rows of b.
 *
 * @param a [rows, columns]
 * @param b [rows, bColumns]
 * @param product [columns, bColumns], overwritten
 * @param scratch {@link multiplyTransposedScratchBytes} bytes
 */
export function multiplyTransposed(
  a: usize,
  b: usize,
  product: usize,
  scratch: usize,
  rows: usize,
  columns: usize,
  bColumns: usize,
): void {
  const blocks = blocksFor(bColumns);
  const rest = scratch + blocks * rows * BLOCK_BYTES;
  const ends = rest + BLOCK_BYTES;
  const lists = ends + (columns << 2);
  const listBytes = rows * ENTRY_BYTES;
  memory.fill(scratch, 0, rest - scratch);
  for (let n: usize = 0; n < rows; n++) {
    const row = b + ((n * bColumns) << 2);
    for (let block: usize = 0; block < blocks; block++) {
      const first = block * BLOCK;
      copyFloats(
        scratch + (block * rows + n) * BLOCK_BYTES,
        row + (first << 2),
        min(BLOCK, bColumns - first),
      );
    }
  }
  for (let i: usize = 0; i < columns; i++) store<u32>(ends + (i << 2), <u32>(lists + i * listBytes));
  for (let n: usize = 0; n < rows; n++) {
    const row = a + ((n * columns) << 2);
    const address = scratch + n * BLOCK_BYTES;
    for (let i: usize = 0; i < columns; i++) {
      const end = ends + (i << 2);
      store<u32>(end, <u32>appendNonZero(<usize>load<u32>(end), address, load<f32>(row + (i << 2))));
    }
  }
  for (let i: usize = 0; i < columns; i++) {
    const list = lists + i * listBytes;
    const end = <usize>load<u32>(ends + (i << 2));
    for (let block: usize = 0; block < blocks; block++) {
      const first = block * BLOCK;
      const target = product + ((i * bColumns + first) << 2);
      const isWhole = first + BLOCK <= bColumns;
      const sums = isWhole ? target : rest;
      memory.fill(sums, 0, BLOCK_BYTES);
      accumulate(sums, list, end, block * rows * BLOCK_BYTES);
      if (!isWhole) copyFloats(target, rest, bColumns - first);
    }
  }
}
