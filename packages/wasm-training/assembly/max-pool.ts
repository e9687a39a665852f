import { LANES } from './convolution/accumulate';

/**
 * 2-D max pooling, channels last: the largest number of each window; NaN where the window has one, as `numpy.max`.
 * Padding is not part of a window.
 *
 * @param x [batch, inHeight, inWidth, channels]
 * @param y [batch, outHeight, outWidth, channels], overwritten
 */
export function maxPool(
  x: usize,
  y: usize,
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
  const lowest = f32x4.splat(-Infinity);
  let target = y;
  for (let n: usize = 0; n < batch; n++) {
    for (let oy: usize = 0; oy < outHeight; oy++) {
      const top = <isize>(oy * strideHeight) - <isize>padTop;
      const rowStart = <usize>max<isize>(top, 0);
      const rowEnd = <usize>min<isize>(top + <isize>poolHeight, <isize>inHeight);
      for (let ox: usize = 0; ox < outWidth; ox++) {
        const left = <isize>(ox * strideWidth) - <isize>padLeft;
        const columnStart = <usize>max<isize>(left, 0);
        const columnEnd = <usize>min<isize>(left + <isize>poolWidth, <isize>inWidth);
        const first = x + n * imageBytes + rowStart * rowBytes + columnStart * pixelBytes;
        const last = x + n * imageBytes + rowEnd * rowBytes;
        const columnBytes = (columnEnd - columnStart) * pixelBytes;
        let c: usize = 0;
        for (; c + LANES <= channels; c += LANES) {
          let largest = lowest;
          // Bits of lanes that have met a NaN; all of them set are one.
          let unordered = i32x4.splat(0);
          for (let row = first + (c << 2); row < last; row += rowBytes) {
            for (let at = row; at < row + columnBytes; at += pixelBytes) {
              const value = v128.load(at);
              largest = f32x4.pmax(largest, value);
              unordered = v128.or(unordered, f32x4.ne(value, value));
            }
          }
          v128.store(target + (c << 2), v128.or(largest, unordered));
        }
        for (; c < channels; c++) {
          let largest: f32 = -Infinity;
          for (let row = first + (c << 2); row < last; row += rowBytes) {
            for (let at = row; at < row + columnBytes; at += pixelBytes) {
              // Other than a comparison, max passes NaN on.
              largest = max<f32>(largest, load<f32>(at));
            }
          }
          store<f32>(target + (c << 2), largest);
        }
        target += pixelBytes;
      }
    }
  }
}
