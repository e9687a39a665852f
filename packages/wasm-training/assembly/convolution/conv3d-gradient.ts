import { LANES } from './accumulate';
import { multiplyAdd } from './multiply-add';
import { addTo, endPlace, firstPlace } from './places';

/*
 * Gradients of a convolution in three dimensions, channels last. At each place of the filter, a row of the output meets a
 * row of the input.
 */

/**
 * @param dy [batch, outDepth, outHeight, outWidth, outChannels]
 * @param filter [filterDepth, filterHeight, filterWidth, channels, outChannels]
 * @param dx [batch, inDepth, inHeight, inWidth, channels], overwritten
 */
export function conv3dInputGradient(
  dy: usize,
  filter: usize,
  dx: usize,
  batch: usize,
  inDepth: usize,
  inHeight: usize,
  inWidth: usize,
  channels: usize,
  outDepth: usize,
  outHeight: usize,
  outWidth: usize,
  outChannels: usize,
  filterDepth: usize,
  filterHeight: usize,
  filterWidth: usize,
  strideDepth: usize,
  strideHeight: usize,
  strideWidth: usize,
  padFront: usize,
  padTop: usize,
  padLeft: usize,
): void {
  const pixelBytes = channels << 2;
  const dyPixelBytes = outChannels << 2;
  const stepBytes = strideWidth * pixelBytes;
  memory.fill(dx, 0, batch * inDepth * inHeight * inWidth * pixelBytes);
  for (let n: usize = 0; n < batch; n++) {
    for (let kz: usize = 0; kz < filterDepth; kz++) {
      const endZ = endPlace(inDepth, outDepth, padFront, kz, strideDepth);
      for (let oz = firstPlace(padFront, kz, strideDepth); oz < endZ; oz++) {
        const plane = n * inDepth + oz * strideDepth + kz - padFront;
        const dyPlane = n * outDepth + oz;
        for (let ky: usize = 0; ky < filterHeight; ky++) {
          const endY = endPlace(inHeight, outHeight, padTop, ky, strideHeight);
          for (let oy = firstPlace(padTop, ky, strideHeight); oy < endY; oy++) {
            const row = (plane * inHeight + oy * strideHeight + ky - padTop) * inWidth;
            const dyRow = dy + (dyPlane * outHeight + oy) * outWidth * dyPixelBytes;
            for (let kx: usize = 0; kx < filterWidth; kx++) {
              const first = firstPlace(padLeft, kx, strideWidth);
              const end = endPlace(inWidth, outWidth, padLeft, kx, strideWidth);
              if (first >= end) continue;
              const tap = (kz * filterHeight + ky) * filterWidth + kx;
              const weights = filter + tap * channels * dyPixelBytes;
              let to = dx + (row + first * strideWidth + kx - padLeft) * pixelBytes;
              const last = dyRow + end * dyPixelBytes;
              for (
                let from = dyRow + first * dyPixelBytes;
                from < last;
                from += dyPixelBytes, to += stepBytes
              ) {
                for (let c: usize = 0; c < channels; c++) {
                  const target = to + (c << 2);
                  store<f32>(target, load<f32>(target) + dot(from, weights + c * dyPixelBytes, dyPixelBytes));
                }
              }
            }
          }
        }
      }
    }
  }
}

/** Sum of products of two rows of so many bytes. */
function dot(a: usize, b: usize, bytes: usize): f32 {
  let sums = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 4 * LANES <= bytes; at += 4 * LANES) {
    sums = multiplyAdd(sums, v128.load(a + at), v128.load(b + at));
  }
  let sum =
    f32x4.extract_lane(sums, 0) +
    f32x4.extract_lane(sums, 1) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
  for (; at < bytes; at += 4) sum += load<f32>(a + at) * load<f32>(b + at);
  return sum;
}

/**
 * Products are summed along a row of the output in float32, rows in float64.
 *
 * @param x [batch, inDepth, inHeight, inWidth, channels]
 * @param dy [batch, outDepth, outHeight, outWidth, outChannels]
 * @param dFilter [filterDepth, filterHeight, filterWidth, channels, outChannels], overwritten
 * @param scratch float64 of the same shape
 */
export function conv3dFilterGradient(
  x: usize,
  dy: usize,
  dFilter: usize,
  scratch: usize,
  batch: usize,
  inDepth: usize,
  inHeight: usize,
  inWidth: usize,
  channels: usize,
  outDepth: usize,
  outHeight: usize,
  outWidth: usize,
  outChannels: usize,
  filterDepth: usize,
  filterHeight: usize,
  filterWidth: usize,
  strideDepth: usize,
  strideHeight: usize,
  strideWidth: usize,
  padFront: usize,
  padTop: usize,
  padLeft: usize,
): void {
  const pixelBytes = channels << 2;
  const dyPixelBytes = outChannels << 2;
  const stepBytes = strideWidth * pixelBytes;
  const count = filterDepth * filterHeight * filterWidth * channels * outChannels;
  memory.fill(scratch, 0, count << 3);
  for (let n: usize = 0; n < batch; n++) {
    for (let kz: usize = 0; kz < filterDepth; kz++) {
      const endZ = endPlace(inDepth, outDepth, padFront, kz, strideDepth);
      for (let oz = firstPlace(padFront, kz, strideDepth); oz < endZ; oz++) {
        const plane = n * inDepth + oz * strideDepth + kz - padFront;
        const dyPlane = n * outDepth + oz;
        for (let ky: usize = 0; ky < filterHeight; ky++) {
          const endY = endPlace(inHeight, outHeight, padTop, ky, strideHeight);
          for (let oy = firstPlace(padTop, ky, strideHeight); oy < endY; oy++) {
            const row = (plane * inHeight + oy * strideHeight + ky - padTop) * inWidth;
            const dyRow = dy + (dyPlane * outHeight + oy) * outWidth * dyPixelBytes;
            for (let kx: usize = 0; kx < filterWidth; kx++) {
              const first = firstPlace(padLeft, kx, strideWidth);
              const end = endPlace(inWidth, outWidth, padLeft, kx, strideWidth);
              if (first >= end) continue;
              const tap = (kz * filterHeight + ky) * filterWidth + kx;
              const operands = x + (row + first * strideWidth + kx - padLeft) * pixelBytes;
              const slopes = dyRow + first * dyPixelBytes;
              const last = dyRow + end * dyPixelBytes;
              for (let c: usize = 0; c < channels; c++) {
                const sums = scratch + (((tap * channels + c) * outChannels) << 3);
                let o: usize = 0;
                for (; o + LANES <= outChannels; o += LANES) {
                  let sum = f32x4.splat(0);
                  let at = operands + (c << 2);
                  for (let slope = slopes + (o << 2); slope < last; slope += dyPixelBytes, at += stepBytes) {
                    sum = multiplyAdd(sum, v128.load32_splat(at), v128.load(slope));
                  }
                  addTo(sums + (o << 3), sum);
                }
                for (; o < outChannels; o++) {
                  let sum: f32 = 0;
                  let at = operands + (c << 2);
                  for (let slope = slopes + (o << 2); slope < last; slope += dyPixelBytes, at += stepBytes) {
                    sum += load<f32>(at) * load<f32>(slope);
                  }
                  const target = sums + (o << 3);
                  store<f64>(target, load<f64>(target) + <f64>sum);
                }
              }
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
