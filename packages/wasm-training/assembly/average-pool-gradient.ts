import { LANES } from './convolution/accumulate';

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

/**
 * The same in three dimensions.
 *
 * @param dy [batch, outDepth, outHeight, outWidth, channels]
 * @param dx [batch, inDepth, inHeight, inWidth, channels], overwritten
 */
export function averagePool3dGradient(
  dy: usize,
  dx: usize,
  batch: usize,
  inDepth: usize,
  inHeight: usize,
  inWidth: usize,
  channels: usize,
  outDepth: usize,
  outHeight: usize,
  outWidth: usize,
  poolDepth: usize,
  poolHeight: usize,
  poolWidth: usize,
  strideDepth: usize,
  strideHeight: usize,
  strideWidth: usize,
  padFront: usize,
  padTop: usize,
  padLeft: usize,
): void {
  const pixelBytes = channels << 2;
  const rowBytes = inWidth * pixelBytes;
  const planeBytes = inHeight * rowBytes;
  const volumeBytes = inDepth * planeBytes;
  memory.fill(dx, 0, batch * volumeBytes);
  for (let n: usize = 0; n < batch; n++, dx += volumeBytes) {
    for (let oz: usize = 0; oz < outDepth; oz++) {
      const planeStart = startOf(oz, strideDepth, padFront);
      const planeEnd = endOf(oz, strideDepth, padFront, poolDepth, inDepth);
      for (let oy: usize = 0; oy < outHeight; oy++) {
        const rowStart = startOf(oy, strideHeight, padTop);
        const rowEnd = endOf(oy, strideHeight, padTop, poolHeight, inHeight);
        for (let ox: usize = 0; ox < outWidth; ox++, dy += pixelBytes) {
          const columnStart = startOf(ox, strideWidth, padLeft);
          const columnEnd = endOf(ox, strideWidth, padLeft, poolWidth, inWidth);
          const part: f32 =
            1 / <f32>((planeEnd - planeStart) * (rowEnd - rowStart) * (columnEnd - columnStart));
          const parts = f32x4.splat(part);
          for (let z = planeStart; z < planeEnd; z++) {
            for (let y = rowStart; y < rowEnd; y++) {
              const row = dx + z * planeBytes + y * rowBytes;
              const end = row + columnEnd * pixelBytes;
              for (let at = row + columnStart * pixelBytes; at < end; at += pixelBytes) {
                let c: usize = 0;
                for (; c + 4 * LANES <= pixelBytes; c += 4 * LANES) {
                  const slope = f32x4.mul(v128.load(dy + c), parts);
                  v128.store(at + c, f32x4.add(v128.load(at + c), slope));
                }
                for (; c < pixelBytes; c += 4) {
                  store<f32>(at + c, load<f32>(at + c) + load<f32>(dy + c) * part);
                }
              }
            }
          }
        }
      }
    }
  }
}

/** First place of the input in a window. */
function startOf(window: usize, stride: usize, pad: usize): usize {
  return max(window * stride, pad) - pad;
}

/** One past the last of them. */
function endOf(window: usize, stride: usize, pad: usize, size: usize, inside: usize): usize {
  return min(max(window * stride + size, pad) - pad, inside);
}
