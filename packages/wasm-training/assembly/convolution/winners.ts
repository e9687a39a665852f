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
    for (; column + 4 * LANES <= columns; column += 4 * LANES) {
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (let row = start; row < end; row++) {
        const at = row * columns + column;
        const value = dy + (at << 2);
        const passes = i8x16.ne(v128.load(winners + at), i8x16.splat(NOWHERE));
        const low = i16x8.extend_low_i8x16_s(passes);
        const high = i16x8.extend_high_i8x16_s(passes);
        s0 = f32x4.add(s0, v128.and(v128.load(value), i32x4.extend_low_i16x8_s(low)));
        s1 = f32x4.add(s1, v128.and(v128.load(value, 16), i32x4.extend_high_i16x8_s(low)));
        s2 = f32x4.add(s2, v128.and(v128.load(value, 32), i32x4.extend_low_i16x8_s(high)));
        s3 = f32x4.add(s3, v128.and(v128.load(value, 48), i32x4.extend_high_i16x8_s(high)));
      }
      const at = target + (column << 2);
      v128.store(at, f32x4.add(v128.load(at), s0));
      v128.store(at, f32x4.add(v128.load(at, 16), s1), 16);
      v128.store(at, f32x4.add(v128.load(at, 32), s2), 32);
      v128.store(at, f32x4.add(v128.load(at, 48), s3), 48);
    }
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
