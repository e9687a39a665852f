import { LANES } from './accumulate';
import { multiplyAdd } from './multiply-add';
import { addTo, endPlace, firstPlace } from './places';

/*
 * Gradients of a depthwise convolution, channels last: output channel c * multiplier + m is input channel c convolved by
 * filter[.., .., c, m]. A row of the output meets a row of the input at each row of the filter; a few channels at a time pass
 * through both, which stay in the first cache.
 */

/**
 * @param dy [batch, outHeight, outWidth, channels * multiplier]
 * @param filter [filterHeight, filterWidth, channels, multiplier]
 * @param dx [batch, inHeight, inWidth, channels], overwritten
 */
export function depthwiseInputGradient(
  dy: usize,
  filter: usize,
  dx: usize,
  batch: usize,
  inHeight: usize,
  inWidth: usize,
  channels: usize,
  outHeight: usize,
  outWidth: usize,
  filterHeight: usize,
  filterWidth: usize,
  strideHeight: usize,
  strideWidth: usize,
  padTop: usize,
  padLeft: usize,
  multiplier: usize,
): void {
  const pixelBytes = channels << 2;
  const dyPixelBytes = pixelBytes * multiplier;
  const rowBytes = inWidth * pixelBytes;
  const stepBytes = strideWidth * pixelBytes;
  memory.fill(dx, 0, batch * inHeight * rowBytes);
  for (let n: usize = 0; n < batch; n++) {
    for (let ky: usize = 0; ky < filterHeight; ky++) {
      const lastRow = endPlace(inHeight, outHeight, padTop, ky, strideHeight);
      for (let oy = firstPlace(padTop, ky, strideHeight); oy < lastRow; oy++) {
        const dxRow = dx + (n * inHeight + oy * strideHeight + ky - padTop) * rowBytes;
        const dyRow = dy + (n * outHeight + oy) * outWidth * dyPixelBytes;
        for (let kx: usize = 0; kx < filterWidth; kx++) {
          const first = firstPlace(padLeft, kx, strideWidth);
          const end = endPlace(inWidth, outWidth, padLeft, kx, strideWidth);
          if (first >= end) continue;
          const weights = filter + (ky * filterWidth + kx) * dyPixelBytes;
          const target = dxRow + (first * strideWidth + kx - padLeft) * pixelBytes;
          const source = dyRow + first * dyPixelBytes;
          const sourceEnd = dyRow + end * dyPixelBytes;
          let c: usize = 0;
          if (multiplier === 1) {
            for (; c + LANES <= channels; c += LANES) {
              const offset = c << 2;
              const weight = v128.load(weights + offset);
              let to = target + offset;
              for (let from = source + offset; from < sourceEnd; from += dyPixelBytes, to += stepBytes) {
                v128.store(to, multiplyAdd(v128.load(to), v128.load(from), weight));
              }
            }
          }
          for (; c < channels; c++) {
            for (let m: usize = 0; m < multiplier; m++) {
              const offset = (c * multiplier + m) << 2;
              const weight = load<f32>(weights + offset);
              let to = target + (c << 2);
              for (let from = source + offset; from < sourceEnd; from += dyPixelBytes, to += stepBytes) {
                store<f32>(to, load<f32>(to) + load<f32>(from) * weight);
              }
            }
          }
        }
      }
    }
  }
}

/**
 * Products are summed along a row of the output in float32, rows in float64.
 *
 * @param x [batch, inHeight, inWidth, channels]
 * @param dy [batch, outHeight, outWidth, channels * multiplier]
 * @param dFilter [filterHeight, filterWidth, channels, multiplier], overwritten
 * @param scratch float64 of the same shape
 */
export function depthwiseFilterGradient(
  x: usize,
  dy: usize,
  dFilter: usize,
  scratch: usize,
  batch: usize,
  inHeight: usize,
  inWidth: usize,
  channels: usize,
  outHeight: usize,
  outWidth: usize,
  filterHeight: usize,
  filterWidth: usize,
  strideHeight: usize,
  strideWidth: usize,
  padTop: usize,
  padLeft: usize,
  multiplier: usize,
): void {
  const pixelBytes = channels << 2;
  const dyPixelBytes = pixelBytes * multiplier;
  const rowBytes = inWidth * pixelBytes;
  const stepBytes = strideWidth * pixelBytes;
  const count = filterHeight * filterWidth * channels * multiplier;
  memory.fill(scratch, 0, count << 3);
  for (let n: usize = 0; n < batch; n++) {
    for (let ky: usize = 0; ky < filterHeight; ky++) {
      const lastRow = endPlace(inHeight, outHeight, padTop, ky, strideHeight);
      for (let oy = firstPlace(padTop, ky, strideHeight); oy < lastRow; oy++) {
        const xRow = x + (n * inHeight + oy * strideHeight + ky - padTop) * rowBytes;
        const dyRow = dy + (n * outHeight + oy) * outWidth * dyPixelBytes;
        for (let kx: usize = 0; kx < filterWidth; kx++) {
          const first = firstPlace(padLeft, kx, strideWidth);
          const end = endPlace(inWidth, outWidth, padLeft, kx, strideWidth);
          if (first >= end) continue;
          const sums = scratch + (((ky * filterWidth + kx) * channels * multiplier) << 3);
          const operand = xRow + (first * strideWidth + kx - padLeft) * pixelBytes;
          const slopes = dyRow + first * dyPixelBytes;
          const slopesEnd = dyRow + end * dyPixelBytes;
          let c: usize = 0;
          if (multiplier === 1) {
            for (; c + LANES <= channels; c += LANES) {
              const offset = c << 2;
              let sum = f32x4.splat(0);
              let at = operand + offset;
              for (let slope = slopes + offset; slope < slopesEnd; slope += dyPixelBytes, at += stepBytes) {
                sum = multiplyAdd(sum, v128.load(at), v128.load(slope));
              }
              addTo(sums + (c << 3), sum);
            }
          }
          for (; c < channels; c++) {
            for (let m: usize = 0; m < multiplier; m++) {
              const index = c * multiplier + m;
              let sum: f32 = 0;
              let at = operand + (c << 2);
              for (
                let slope = slopes + (index << 2);
                slope < slopesEnd;
                slope += dyPixelBytes, at += stepBytes
              ) {
                sum += load<f32>(at) * load<f32>(slope);
              }
              const target = sums + (index << 3);
              store<f64>(target, load<f64>(target) + <f64>sum);
            }
          }
        }
      }
    }
  }
  for (let i: usize = 0; i < count; i++) {
    store<f32>(dFilter + (i << 2), <f32>load<f64>(scratch + (i << 3)));
  }
}
