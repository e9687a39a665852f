import { LANES } from './convolution/accumulate';

/**
 * Gradient of 2-D max pooling, channels last: each dy goes to the first input of its window, row by row, that
 * equals the window's maximum, or is NaN where that is. Windows may overlap.
 *
 * @param x [batch, inHeight, inWidth, channels]
 * @param y [batch, outHeight, outWidth, channels], the pooled x
 * @param dy Shape of y
 * @param dx Shape of x, overwritten
 */
export function maxPoolGradient(
  x: usize,
  y: usize,
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
  // Windows side by side write every dx in them once: only what lies beyond the last ones is cleared first.
  const rowsInWindows = outHeight * poolHeight;
  const columnsInWindows = outWidth * poolWidth;
  const tiled =
    strideHeight == poolHeight &&
    strideWidth == poolWidth &&
    rowsInWindows <= inHeight &&
    columnsInWindows <= inWidth &&
    padTop == 0 &&
    padLeft == 0 &&
    channels % LANES == 0;
  if (!tiled) memory.fill(dx, 0, batch * imageBytes);
  const rightBytes = (inWidth - columnsInWindows) * pixelBytes;
  const bottomBytes = (inHeight - rowsInWindows) * rowBytes;
  for (let n: usize = 0; n < batch; n++) {
    if (tiled && bottomBytes != 0) {
      memory.fill(dx + n * imageBytes + rowsInWindows * rowBytes, 0, bottomBytes);
    }
    for (let oy: usize = 0; oy < outHeight; oy++) {
      const top = <isize>(oy * strideHeight) - <isize>padTop;
      const rowStart = <usize>max<isize>(top, 0);
      const rowEnd = <usize>min<isize>(top + <isize>poolHeight, <isize>inHeight);
      if (tiled && rightBytes != 0) {
        for (let row = rowStart; row < rowEnd; row++) {
          const end = dx + n * imageBytes + (row + 1) * rowBytes;
          memory.fill(end - rightBytes, 0, rightBytes);
        }
      }
      for (let ox: usize = 0; ox < outWidth; ox++) {
        const left = <isize>(ox * strideWidth) - <isize>padLeft;
        const columnStart = <usize>max<isize>(left, 0);
        const columnEnd = <usize>min<isize>(left + <isize>poolWidth, <isize>inWidth);
        const window = n * imageBytes + rowStart * rowBytes + columnStart * pixelBytes;
        const rows = rowEnd - rowStart;
        const columns = columnEnd - columnStart;
        const outOffset = ((n * outHeight + oy) * outWidth + ox) * pixelBytes;
        let c: usize = 0;
        for (; c + LANES <= channels; c += LANES) {
          const maximum = v128.load(y + outOffset + (c << 2));
          const unordered = f32x4.ne(maximum, maximum);
          // Whatever is left of the gradient: a lane is cleared once its maximum has been found.
          let rest = v128.load(dy + outOffset + (c << 2));
          for (let row: usize = 0; row < rows; row++) {
            for (let column: usize = 0; column < columns; column++) {
              const at = window + row * rowBytes + column * pixelBytes + (c << 2);
              const value = v128.load(x + at);
              const bothNaN = v128.and(unordered, f32x4.ne(value, value));
              const found = v128.or(f32x4.eq(value, maximum), bothNaN);
              const share = v128.and(found, rest);
              v128.store(dx + at, tiled ? share : f32x4.add(v128.load(dx + at), share));
              rest = v128.andnot(rest, found);
            }
          }
        }
        for (; c < channels; c++) {
          const at = firstEqual(
            x,
            window + (c << 2),
            load<f32>(y + outOffset + (c << 2)),
            rows,
            columns,
            rowBytes,
            pixelBytes,
          );
          if (at != NOWHERE) store<f32>(dx + at, load<f32>(dx + at) + load<f32>(dy + outOffset + (c << 2)));
        }
      }
    }
  }
}

const NOWHERE = usize.MAX_VALUE;

/** Offset of the window's first value that equals `maximum`, or is NaN as it is; NOWHERE without one. */
function firstEqual(
  x: usize,
  window: usize,
  maximum: f32,
  rows: usize,
  columns: usize,
  rowBytes: usize,
  pixelBytes: usize,
): usize {
  for (let row: usize = 0; row < rows; row++) {
    for (let column: usize = 0; column < columns; column++) {
      const at = window + row * rowBytes + column * pixelBytes;
      const value = load<f32>(x + at);
      if (value == maximum || (value != value && maximum != maximum)) return at;
    }
  }
  return NOWHERE;
}
