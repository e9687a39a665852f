import { LANES } from './accumulate';

/**
 * Gradient of 2-D average pooling, channels last: a number of dy goes in equal parts to the places of its window. Padding is
 * not part of a window.
 *
 * @param dy [batch, outHeight, outWidth, channels]
 * @param dx [batch, inHeight, inWidth, channels], overwritten
 */
export function averagePoolGradient(
  dy: usize,
  dx: usize,
  batch: usize,
  inHeight: usize,
  inWidth: usize,
  channels: usize,
  outHeight: usize,
  outWidth: usize,
  poolHeight: usize,
  poolWidth: usize,
  strideHeight: usize,
  strideWidth: usize,
  padTop: usize,
  padLeft: usize,
): void {
  const pixelBytes = channels << 2;
  const rowBytes = inWidth * pixelBytes;
  const imageBytes = inHeight * rowBytes;
  memory.fill(dx, 0, batch * imageBytes);
  for (let n: usize = 0; n < batch; n++) {
    for (let oy: usize = 0; oy < outHeight; oy++) {
      const top = <isize>(oy * strideHeight) - <isize>padTop;
      const rowStart = <usize>max<isize>(top, 0);
      const rowEnd = <usize>max<isize>(min<isize>(top + <isize>poolHeight, <isize>inHeight), rowStart);
      for (let ox: usize = 0; ox < outWidth; ox++, dy += pixelBytes) {
        const left = <isize>(ox * strideWidth) - <isize>padLeft;
        const columnStart = <usize>max<isize>(left, 0);
        const columnEnd = <usize>max<isize>(min<isize>(left + <isize>poolWidth, <isize>inWidth), columnStart);
        const part: f32 = 1 / <f32>((rowEnd - rowStart) * (columnEnd - columnStart));
        const parts = f32x4.splat(part);
        const first = dx + n * imageBytes + rowStart * rowBytes + columnStart * pixelBytes;
        const last = dx + n * imageBytes + rowEnd * rowBytes;
        const columnBytes = (columnEnd - columnStart) * pixelBytes;
        let c: usize = 0;
        for (; c + LANES <= channels; c += LANES) {
          const slope = f32x4.mul(v128.load(dy + (c << 2)), parts);
          for (let row = first + (c << 2); row < last; row += rowBytes) {
            for (let at = row; at < row + columnBytes; at += pixelBytes) {
              v128.store(at, f32x4.add(v128.load(at), slope));
            }
          }
        }
        for (; c < channels; c++) {
          const slope = load<f32>(dy + (c << 2)) * part;
          for (let row = first + (c << 2); row < last; row += rowBytes) {
            for (let at = row; at < row + columnBytes; at += pixelBytes) {
              store<f32>(at, load<f32>(at) + slope);
            }
          }
        }
      }
    }
  }
}
