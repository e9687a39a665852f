import { LANES } from './convolution/accumulate';

/** Columns summed at a time: eight vectors of running sums stay in registers. */
const BLOCK: usize = 8 * LANES;

/**
 * target[j] = sum over i of source[i, j]
 *
 * Rows are summed in blocks and the blocks' sums added up, which keeps the rounding error of millions of rows
 * near that of thousands.
 *
 * @param source [rows, columns]
 * @param target [columns], overwritten
 */
export function sumRows(source: usize, target: usize, rows: usize, columns: usize): void {
  const rowBytes = columns << 2;
  memory.fill(target, 0, rowBytes);
  const blockRows: usize = 1024;
  for (let start: usize = 0; start < rows; start += blockRows) {
    const block = source + start * rowBytes;
    const blockEnd = source + min(start + blockRows, rows) * rowBytes;
    let column: usize = 0;
    for (; column + BLOCK <= columns; column += BLOCK) {
      const offset = column << 2;
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let s4 = s0;
      let s5 = s0;
      let s6 = s0;
      let s7 = s0;
      for (let row = block + offset; row < blockEnd; row += rowBytes) {
        s0 = f32x4.add(s0, v128.load(row));
        s1 = f32x4.add(s1, v128.load(row, 16));
        s2 = f32x4.add(s2, v128.load(row, 32));
        s3 = f32x4.add(s3, v128.load(row, 48));
        s4 = f32x4.add(s4, v128.load(row, 64));
        s5 = f32x4.add(s5, v128.load(row, 80));
        s6 = f32x4.add(s6, v128.load(row, 96));
        s7 = f32x4.add(s7, v128.load(row, 112));
      }
      addTo(target + offset, s0);
      addTo(target + offset + 16, s1);
      addTo(target + offset + 32, s2);
      addTo(target + offset + 48, s3);
      addTo(target + offset + 64, s4);
      addTo(target + offset + 80, s5);
      addTo(target + offset + 96, s6);
      addTo(target + offset + 112, s7);
    }
    for (; column + LANES <= columns; column += LANES) {
      let sum = f32x4.splat(0);
      for (let row = block + (column << 2); row < blockEnd; row += rowBytes)
        sum = f32x4.add(sum, v128.load(row));
      addTo(target + (column << 2), sum);
    }
    for (; column < columns; column++) {
      let sum: f32 = 0;
      for (let row = block + (column << 2); row < blockEnd; row += rowBytes) sum += load<f32>(row);
      const at = target + (column << 2);
      store<f32>(at, load<f32>(at) + sum);
    }
  }
}

function addTo(target: usize, sum: v128): void {
  v128.store(target, f32x4.add(v128.load(target), sum));
}
