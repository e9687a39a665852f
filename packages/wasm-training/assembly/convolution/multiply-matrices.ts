import { allFinite } from '../finite';
import { accumulate, BLOCK, BLOCK_BYTES, blocksFor, ENTRY_BYTES } from './accumulate';
import { appendEvery, appendNonZero, appendNonZeros, OVERRUN_BYTES } from './non-zeros';
import { copyFloats, PASS_ROWS, transpose } from './packed-weights';
import { bytesOrAll, product } from './scratch-bytes';

/** Bytes of a block of columns of b, as many rows as a pass multiplies by: they stay in the nearest cache. */
const PANEL_BYTES: usize = PASS_ROWS * BLOCK_BYTES;
/** Rows of a that each panel is laid out for. */
const GROUP_ROWS: usize = 64;
/** Bytes of the longest list of a pass. */
const LIST_BYTES: usize = PASS_ROWS * ENTRY_BYTES;

/** Bytes of scratch memory that {@link multiply} needs. */
export function multiplyScratchBytes(): usize {
  return PANEL_BYTES + BLOCK_BYTES + (GROUP_ROWS << 2) + (GROUP_ROWS + 1) * LIST_BYTES + OVERRUN_BYTES;
}

/**
 * product[i, j] = sum over k of a[i, k] * b[k, j], or of a[i, k] * b[j, k], added in the order of k
 *
 * A pass over some k and, of each, a panel of columns at a time, every row of a sums the panel's rows.
 *
 * @param a [rows, inner]
 * @param b [inner, columns], or [columns, inner] where `transposed`
 * @param product [rows, columns], overwritten
 * @param scratch {@link multiplyScratchBytes} bytes
 * @param sparse Whether to skip zeros of a, except beside numbers of b that are not finite: 0 times NaN is NaN.
 */
export function multiply(
  a: usize,
  b: usize,
  product: usize,
  scratch: usize,
  rows: usize,
  inner: usize,
  columns: usize,
  transposed: bool,
  sparse: bool,
): void {
  const rest = scratch + PANEL_BYTES;
  const ends = rest + BLOCK_BYTES;
  const everyProduct = ends + (GROUP_ROWS << 2);
  const lists = everyProduct + LIST_BYTES;
  if (inner == 0) memory.fill(product, 0, (rows * columns) << 2);
  for (let top: usize = 0; top < rows; top += GROUP_ROWS) {
    const count = min(GROUP_ROWS, rows - top);
    for (let first: usize = 0; first < inner; first += PASS_ROWS) {
      const length = min(PASS_ROWS, inner - first);
      const values = a + ((top * inner + first) << 2);
      for (let i: usize = 0; i < count; i++) {
        const list = lists + i * LIST_BYTES;
        const row = values + ((i * inner) << 2);
        const end = sparse
          ? appendNonZeros(row, length, list, scratch)
          : appendEvery(row, length, list, scratch);
        store<u32>(ends + (i << 2), <u32>end);
      }
      for (let column: usize = 0; column < columns; column += BLOCK) {
        const width = min(BLOCK, columns - column);
        if (width < BLOCK) memory.fill(scratch, 0, length * BLOCK_BYTES);
        if (transposed) {
          transpose(b + ((column * inner + first) << 2), scratch, width, length, inner);
        } else {
          let source = b + ((first * columns + column) << 2);
          for (let k: usize = 0; k < length; k++) {
            copyFloats(scratch + k * BLOCK_BYTES, source, width);
            source += columns << 2;
          }
        }
        const skips = sparse && allFinite(scratch, length * BLOCK);
        for (let i: usize = 0; i < count; i++) {
          let list = lists + i * LIST_BYTES;
          let end = <usize>load<u32>(ends + (i << 2));
          if (sparse && !skips) {
            list = everyProduct;
            end = appendEvery(values + ((i * inner) << 2), length, list, scratch);
          }
          const target = product + (((top + i) * columns + column) << 2);
          const isWhole = width == BLOCK;
          const sums = isWhole ? target : rest;
          if (first == 0) clearBlock(sums);
          else if (!isWhole) copyFloats(rest, target, width);
          accumulate(sums, list, end, 0);
          if (!isWhole) copyFloats(target, rest, width);
        }
      }
    }
  }
}

function clearBlock(sums: usize): void {
  const zero = f32x4.splat(0);
  v128.store(sums, zero);
  v128.store(sums, zero, 16);
  v128.store(sums, zero, 32);
  v128.store(sums, zero, 48);
  v128.store(sums, zero, 64);
  v128.store(sums, zero, 80);
  v128.store(sums, zero, 96);
  v128.store(sums, zero, 112);
}

/** Bytes of scratch memory that {@link multiplyTransposed} needs. */
export function multiplyTransposedScratchBytes(rows: usize, columns: usize, bColumns: usize): usize {
  return bytesOrAll(
    product(blocksFor(bColumns), rows, BLOCK_BYTES) +
      <f64>(BLOCK_BYTES + (columns << 2)) +
      product(columns, rows, ENTRY_BYTES),
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
      clearBlock(sums);
      accumulate(sums, list, end, block * rows * BLOCK_BYTES);
      if (!isWhole) copyFloats(target, rest, bColumns - first);
    }
  }
}
