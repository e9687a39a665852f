import { LANES } from './accumulate';
import { Convolution } from './convolution';
import { NOWHERE } from './convolve';
import { loadBytes } from './non-zeros';

/**
 * target[j] = sum over i of dy[i, j] where a winner passes it on: the gradient of the bias of a pooled convolution
 *
 * Rows are summed in blocks and the blocks' sums added up, as in `sumRows`.
 *
 * @param dy [rows, columns]
 * @param winners u8 [rows, columns], as `convolve` writes them
 * @param target [columns], overwritten
 */
export function sumWinners(dy: usize, winners: usize, target: usize, rows: usize, columns: usize): void {
  memory.fill(target, 0, columns << 2);
  const blockRows: usize = 1024;
  for (let start: usize = 0; start < rows; start += blockRows) {
    const end = min(start + blockRows, rows);
    let column: usize = 0;
    for (; column + LANES <= columns; column += LANES) {
      let sum = f32x4.splat(0);
      for (let row = start; row < end; row++) {
        const at = row * columns + column;
        const passes = i32x4.ne(loadBytes(winners + at), i32x4.splat(NOWHERE));
        sum = f32x4.add(sum, v128.and(v128.load(dy + (at << 2)), passes));
      }
      const at = target + (column << 2);
      v128.store(at, f32x4.add(v128.load(at), sum));
    }
    for (; column < columns; column++) {
      let sum: f32 = 0;
      for (let row = start; row < end; row++) {
        const at = row * columns + column;
        if (load<u8>(winners + at) != NOWHERE) sum += load<f32>(dy + (at << 2));
      }
      const at = target + (column << 2);
      store<f32>(at, load<f32>(at) + sum);
    }
  }
}

/**
 * The gradient of a convolution's output before it was pooled.
 *
 * @param dy [batch, outHeight / poolHeight, outWidth / poolWidth, outChannels]
 * @param winners u8 of the same shape
 * @param target [batch, outHeight, outWidth, outChannels], overwritten
 */
export function unpool(address: usize, dy: usize, winners: usize, target: usize): void {
  const c = changetype<Convolution>(address);
  const rows = c.outHeight / c.poolHeight;
  const columns = c.outWidth / c.poolWidth;
  memory.fill(target, 0, (c.batch * c.outHeight * c.outWidth * c.outChannels) << 2);
  for (let n: usize = 0; n < c.batch; n++) {
    for (let row: usize = 0; row < rows; row++) {
      for (let column: usize = 0; column < columns; column++) {
        for (let co: usize = 0; co < c.outChannels; co++) {
          const winner = load<u8>(winners++);
          const value = load<f32>(dy);
          dy += 4;
          if (winner == NOWHERE) continue;
          const y = row * c.poolHeight + winner / c.poolWidth;
          const x = column * c.poolWidth + (winner % c.poolWidth);
          store<f32>(target + ((((n * c.outHeight + y) * c.outWidth + x) * c.outChannels + co) << 2), value);
        }
      }
    }
  }
}
