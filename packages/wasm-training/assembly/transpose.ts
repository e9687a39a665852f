/** Side of the square tiles that a transpose goes by: reads and writes both stay within a few cache lines. */
const TILE: usize = 16;

/**
 * target[j, i] = source[i, j]
 *
 * @param source [rows, columns]
 * @param target [columns, rows], overwritten
 */
export function transpose2d(source: usize, target: usize, rows: usize, columns: usize): void {
  for (let top: usize = 0; top < rows; top += TILE) {
    const bottom = min(top + TILE, rows);
    for (let left: usize = 0; left < columns; left += TILE) {
      const right = min(left + TILE, columns);
      for (let i = top; i < bottom; i++) {
        for (let j = left; j < right; j++) {
          store<f32>(target + ((j * rows + i) << 2), load<f32>(source + ((i * columns + j) << 2)));
        }
      }
    }
  }
}
