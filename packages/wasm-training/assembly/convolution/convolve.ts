import { accumulate, accumulateRuns, BLOCK, BLOCK_BYTES, ENTRY_BYTES, LANES } from './accumulate';
import { Convolution } from './convolution';
import { appendNonZeros, appendWinners, OVERRUN_BYTES } from './non-zeros';
import { channelsPerPass, packedWeightsBytes, packWeights, passesFor } from './packed-weights';
import { bytesOrAll, product } from './scratch-bytes';

/** Bytes of sums that stay in the nearest cache while the kernel passes over them. */
const STRIP_BYTES: usize = 24 * 1024;

/** The place of a winner that passes no gradient on, since ReLU makes its output 0. */
export const NOWHERE: u8 = 255;

/** Rows of outputs that are summed before they are pooled and written. */
function stripRows(c: Convolution): usize {
  const pooled = c.poolHeight;
  const rows = STRIP_BYTES / (c.outWidth * BLOCK_BYTES);
  return max(rows / pooled, 1) * pooled;
}

/** Bytes of scratch memory that {@link convolve} needs. */
export function convolveScratchBytes(address: usize): usize {
  const c = changetype<Convolution>(address);
  return bytesOrAll(
    <f64>packedWeightsBytes(c.kernelHeight, c.kernelWidth, c.inChannels, c.outChannels) +
      product(stripRows(c), c.outWidth, BLOCK_BYTES) +
      <f64>startsBytes(c.inHeight, c.inWidth, c.inChannels, c.kernelWidth) +
      product(c.inHeight, c.inWidth, c.inChannels, ENTRY_BYTES) +
      <f64>OVERRUN_BYTES,
  );
}

/** Bytes of the starts of the lists of an image, each a u32: [passes, height, width + 1]. */
function startsBytes(height: usize, width: usize, channels: usize, kernelWidth: usize): usize {
  return (passesFor(channels, kernelWidth) * height * (width + 1)) << 2;
}

/**
 * A convolution, then, where asked for, its bias, max pooling and ReLU:
 *
 *   y[n, oy, ox, co] = bias[co] + sum over ky, kx, ci of x[n, oy*sh + ky - padTop, ox*sw + kx - padLeft, ci] * w[ky, kx, ci, co]
 *
 * Image by image and, of each, a strip of rows and a block of output channels at a time, every output sums the rows of its
 * kernel. Products are added in the order of passes over input channels, ky, kx, ci, whatever is skipped.
 *
 * @param x [batch, inHeight, inWidth, inChannels]
 * @param w [kernelHeight, kernelWidth, inChannels, outChannels]
 * @param bias [outChannels], or 0 for none
 * @param y [batch, outHeight / poolHeight, outWidth / poolWidth, outChannels], overwritten; NaN where the window has one
 * @param winners u8 of the shape of y, overwritten: the place, row by row, of each window's first maximum, {@link NOWHERE}
 *   where ReLU makes it 0; or 0 where they are not needed
 * @param scratch {@link convolveScratchBytes} bytes
 * @param sparse Whether to skip zeros of x: then 0 times NaN is 0.
 */
export function convolve(
  address: usize,
  x: usize,
  w: usize,
  bias: usize,
  y: usize,
  winners: usize,
  scratch: usize,
  sparse: bool,
  relu: bool,
): void {
  const c = changetype<Convolution>(address);
  const sums = scratch + packedWeightsBytes(c.kernelHeight, c.kernelWidth, c.inChannels, c.outChannels);
  const starts = sums + stripRows(c) * c.outWidth * BLOCK_BYTES;
  packWeights(w, scratch, c.kernelHeight, c.kernelWidth, c.inChannels, c.outChannels, false);
  const imageBytes = (c.inHeight * c.inWidth * c.inChannels) << 2;
  for (let n: usize = 0; n < c.batch; n++) {
    const image = x + n * imageBytes;
    if (sparse) listPixels(image, starts, c.inHeight, c.inWidth, c.inChannels, c.kernelWidth, 1, 1);
    convolveImage(c, n, image, scratch, starts, sums, sparse, bias, y, winners, relu);
  }
}

/** Bytes of scratch memory that {@link convolveInputGradient} needs. */
export function convolveInputGradientScratchBytes(address: usize): usize {
  const c = changetype<Convolution>(address);
  const height = stretched(c.outHeight, c.strideHeight);
  const width = stretched(c.outWidth, c.strideWidth);
  return bytesOrAll(
    <f64>packedWeightsBytes(c.kernelHeight, c.kernelWidth, c.outChannels, c.inChannels) +
      <f64>max(STRIP_BYTES, c.inWidth * BLOCK_BYTES) +
      <f64>startsBytes(height, width, c.outChannels, c.kernelWidth) +
      product(c.outHeight, c.outWidth, c.outChannels, ENTRY_BYTES) +
      <f64>(OVERRUN_BYTES + offsetof<Convolution>()),
  );
}

/** The length of an axis with zeros between its numbers, by which the gradient of a strided convolution is one of stride 1. */
function stretched(length: usize, stride: usize): usize {
  return (length - 1) * stride + 1;
}

/**
 * Gradient of a convolution with respect to its input:
 *
 *   dx[n, oy*sh + ky - padTop, ox*sw + kx - padLeft, ci] = sum over dy[n, oy, ox, co] * w[ky, kx, ci, co]
 *
 * which is a convolution of dy by the mirrored kernel.
 *
 * @param dy [batch, outHeight / poolHeight, outWidth / poolWidth, outChannels]
 * @param winners u8 of the shape of dy where the output was pooled, as {@link convolve} writes them; else 0
 * @param w [kernelHeight, kernelWidth, inChannels, outChannels]
 * @param dx [batch, inHeight, inWidth, inChannels], overwritten
 * @param scratch {@link convolveInputGradientScratchBytes} bytes
 * @param sparse Whether to skip zeros of dy; always where there are winners or a stride.
 */
export function convolveInputGradient(
  address: usize,
  dy: usize,
  winners: usize,
  w: usize,
  dx: usize,
  scratch: usize,
  sparse: bool,
): void {
  const c = changetype<Convolution>(address);
  const m = changetype<Convolution>(scratch);
  mirror(c, m);
  const packed = scratch + offsetof<Convolution>();
  const sums = packed + packedWeightsBytes(m.kernelHeight, m.kernelWidth, m.inChannels, m.outChannels);
  const starts = sums + stripRows(m) * m.outWidth * BLOCK_BYTES;
  packWeights(w, packed, m.kernelHeight, m.kernelWidth, m.inChannels, m.outChannels, true);
  const rows = c.outHeight / c.poolHeight;
  const columns = c.outWidth / c.poolWidth;
  const gradients = rows * columns * c.outChannels;
  for (let n: usize = 0; n < c.batch; n++) {
    const image = dy + ((n * gradients) << 2);
    if (winners) listWinners(c, image, winners + n * gradients, starts);
    else if (sparse) {
      listPixels(
        image,
        starts,
        m.inHeight,
        m.inWidth,
        m.inChannels,
        m.kernelWidth,
        c.strideHeight,
        c.strideWidth,
      );
    }
    convolveImage(m, n, image, packed, starts, sums, sparse, 0, dx, 0, false);
  }
}

/** The convolution of stride 1 that computes the input gradient of another. */
function mirror(c: Convolution, m: Convolution): void {
  m.batch = c.batch;
  m.inHeight = <u32>stretched(c.outHeight, c.strideHeight);
  m.inWidth = <u32>stretched(c.outWidth, c.strideWidth);
  m.inChannels = c.outChannels;
  m.outHeight = c.inHeight;
  m.outWidth = c.inWidth;
  m.outChannels = c.inChannels;
  m.kernelHeight = c.kernelHeight;
  m.kernelWidth = c.kernelWidth;
  m.strideHeight = 1;
  m.strideWidth = 1;
  // Padding beyond the kernel wraps around, and back again where it is subtracted.
  m.padTop = c.kernelHeight - 1 - c.padTop;
  m.padLeft = c.kernelWidth - 1 - c.padLeft;
  m.poolHeight = 1;
  m.poolWidth = 1;
}

/**
 * Lists the numbers of an image that are not zero: [passes, height, width + 1] starts, then the lists.
 *
 * @param height Of the image, with zeros between its rows for a stride, as `width` between its columns.
 */
function listPixels(
  image: usize,
  starts: usize,
  height: usize,
  width: usize,
  channels: usize,
  kernelWidth: usize,
  strideHeight: usize,
  strideWidth: usize,
): void {
  const isPlain = strideHeight == 1 && strideWidth == 1;
  const perPass = channelsPerPass(channels, kernelWidth);
  let start = starts;
  let end = starts + startsBytes(height, width, channels, kernelWidth);
  for (let first: usize = 0; first < channels; first += perPass) {
    const count = min(perPass, channels - first);
    let pixel = image + (first << 2);
    for (let row: usize = 0; row < height; row++) {
      for (let column: usize = 0; column < width; column++) {
        store<u32>(start, <u32>end);
        start += 4;
        if (!isPlain && (row % strideHeight != 0 || column % strideWidth != 0)) continue;
        end = appendNonZeros(pixel, count, end, column * perPass * BLOCK_BYTES);
        pixel += channels << 2;
      }
      store<u32>(start, <u32>end);
      start += 4;
    }
  }
}

/** The same for a gradient that came back through pooling, at stride 1. */
function listWinners(c: Convolution, image: usize, winners: usize, starts: usize): void {
  const channels = c.outChannels;
  const columns = c.outWidth / c.poolWidth;
  const rows = c.outHeight / c.poolHeight;
  const perPass = channelsPerPass(channels, c.kernelWidth);
  let start = starts;
  let end = starts + startsBytes(c.outHeight, c.outWidth, channels, c.kernelWidth);
  for (let first: usize = 0; first < channels; first += perPass) {
    const count = min(perPass, channels - first);
    for (let row: usize = 0; row < c.outHeight; row++) {
      const pooledRow = row / c.poolHeight;
      for (let column: usize = 0; column < c.outWidth; column++) {
        store<u32>(start, <u32>end);
        start += 4;
        const pooledColumn = column / c.poolWidth;
        if (pooledRow >= rows || pooledColumn >= columns) continue;
        const pixel = (pooledRow * columns + pooledColumn) * channels + first;
        const place = (row % c.poolHeight) * c.poolWidth + (column % c.poolWidth);
        end = appendWinners(
          image + (pixel << 2),
          winners + pixel,
          place,
          count,
          end,
          column * perPass * BLOCK_BYTES,
        );
      }
      store<u32>(start, <u32>end);
      start += 4;
    }
  }
}

/** Convolves one image, from its lists where `sparse`. */
function convolveImage(
  c: Convolution,
  n: usize,
  image: usize,
  packed: usize,
  starts: usize,
  sums: usize,
  sparse: bool,
  bias: usize,
  y: usize,
  winners: usize,
  relu: bool,
): void {
  const perPass = channelsPerPass(c.inChannels, c.kernelWidth);
  const passes = passesFor(c.inChannels, c.kernelWidth);
  const tapRowBytes = c.kernelWidth * perPass * BLOCK_BYTES;
  const rows = (c.outHeight / c.poolHeight) * c.poolHeight;
  const strip = stripRows(c);
  for (let top: usize = 0; top < rows; top += strip) {
    const bottom = min(top + strip, rows);
    let weights = packed;
    for (let first: usize = 0; first < c.outChannels; first += BLOCK) {
      memory.fill(sums, 0, (bottom - top) * c.outWidth * BLOCK_BYTES);
      for (let pass: usize = 0; pass < passes; pass++) {
        if (sparse) {
          const lists = starts + ((pass * c.inHeight * (c.inWidth + 1)) << 2);
          for (let ky: usize = 0; ky < c.kernelHeight; ky++) {
            sumListed(c, lists, weights + ky * tapRowBytes, perPass * BLOCK_BYTES, ky, top, bottom, sums);
          }
        } else {
          const channels = min(perPass, c.inChannels - pass * perPass);
          sumAll(
            c,
            image + ((pass * perPass) << 2),
            channels,
            weights,
            perPass * BLOCK_BYTES,
            top,
            bottom,
            sums,
          );
        }
        weights += c.kernelHeight * tapRowBytes;
      }
      finishStrip(c, n, first, top, bottom, sums, bias, y, winners, relu);
    }
  }
}

/** Adds one row of the kernel to the sums of a strip, from lists. */
function sumListed(
  c: Convolution,
  lists: usize,
  weights: usize,
  pixelBytes: usize,
  ky: usize,
  top: usize,
  bottom: usize,
  sums: usize,
): void {
  const width = <isize>c.inWidth;
  let sum = sums;
  for (let oy = top; oy < bottom; oy++) {
    // Below 0 it wraps around, to more than any height.
    const iy = oy * c.strideHeight + ky - c.padTop;
    if (iy >= c.inHeight) {
      sum += c.outWidth * BLOCK_BYTES;
      continue;
    }
    const row = lists + ((iy * (c.inWidth + 1)) << 2);
    let left = -(<isize>c.padLeft);
    for (let ox: usize = 0; ox < c.outWidth; ox++) {
      const from = min(max(left, 0), width);
      const to = min(max(left + <isize>c.kernelWidth, 0), width);
      const list = <usize>load<u32>(row + (from << 2));
      const end = <usize>load<u32>(row + (to << 2));
      if (list < end) accumulate(sum, list, end, weights - left * pixelBytes);
      sum += BLOCK_BYTES;
      left += <isize>c.strideWidth;
    }
  }
}

/** Adds the kernel of one pass to the sums of a strip, zeros too. */
function sumAll(
  c: Convolution,
  image: usize,
  channels: usize,
  weights: usize,
  pixelBytes: usize,
  top: usize,
  bottom: usize,
  sums: usize,
): void {
  const inRowBytes = (c.inWidth * c.inChannels) << 2;
  const tapRowBytes = c.kernelWidth * pixelBytes;
  const isContiguous = channels == c.inChannels;
  // A small kernel stays in the nearest cache as a whole, and sums in registers.
  const isWhole = isContiguous && c.kernelHeight * tapRowBytes <= STRIP_BYTES;
  const kernelRowsAtOnce = isWhole ? c.kernelHeight : 1;
  for (let ky: usize = 0; ky < c.kernelHeight; ky += kernelRowsAtOnce) {
    let sum = sums;
    for (let oy = top; oy < bottom; oy++) {
      const row = <isize>(oy * c.strideHeight + ky) - <isize>c.padTop;
      const firstRow = max(-row, 0);
      const lastRow = min(<isize>kernelRowsAtOnce, <isize>c.inHeight - row);
      if (firstRow >= lastRow) {
        sum += c.outWidth * BLOCK_BYTES;
        continue;
      }
      const source = image + (row + firstRow) * inRowBytes;
      const tapRow = weights + (ky + firstRow) * tapRowBytes;
      let left = -(<isize>c.padLeft);
      for (let ox: usize = 0; ox < c.outWidth; ox++) {
        const from = max(-left, 0);
        const to = min(<isize>c.kernelWidth, <isize>c.inWidth - left);
        if (from < to) {
          const pixel = source + (((left + from) * <isize>c.inChannels) << 2);
          const taps = tapRow + from * pixelBytes;
          if (isContiguous) {
            accumulateRuns(
              sum,
              pixel,
              inRowBytes,
              taps,
              tapRowBytes,
              lastRow - firstRow,
              (to - from) * channels,
            );
          } else {
            accumulateRuns(sum, pixel, c.inChannels << 2, taps, pixelBytes, to - from, channels);
          }
        }
        sum += BLOCK_BYTES;
        left += <isize>c.strideWidth;
      }
    }
  }
}

/** Adds the bias to the sums of a strip, pools them, applies ReLU and writes them. */
function finishStrip(
  c: Convolution,
  n: usize,
  first: usize,
  top: usize,
  bottom: usize,
  sums: usize,
  bias: usize,
  y: usize,
  winners: usize,
  relu: bool,
): void {
  const rows = c.outHeight / c.poolHeight;
  const columns = c.outWidth / c.poolWidth;
  const channels = min(BLOCK, c.outChannels - first);
  const rowBytes = c.outWidth * BLOCK_BYTES;
  const zero = f32x4.splat(0);
  const cells = c.poolHeight * c.poolWidth;
  const isPooled = cells > 1;
  const isPairs = c.poolHeight == 2 && c.poolWidth == 2;
  // Channels of whole vectors.
  const whole = channels - (channels % LANES);
  for (let row = top / c.poolHeight; row < bottom / c.poolHeight; row++) {
    let window = sums + (row * c.poolHeight - top) * rowBytes;
    let place = (n * rows + row) * columns * c.outChannels + first;
    for (let column: usize = 0; column < columns; column++) {
      const isFinished =
        isPairs &&
        finishPairs(
          window,
          rowBytes,
          whole,
          bias ? bias + (first << 2) : 0,
          y + (place << 2),
          winners ? winners + place : 0,
          relu,
        );
      for (let lane: usize = isFinished ? whole : 0; lane < channels; lane += LANES) {
        const source = window + (lane << 2);
        let largest = v128.load(source);
        let winner = i32x4.splat(0);
        if (isPooled) {
          for (let cell: usize = 1; cell < cells; cell++) {
            const value = v128.load(cellOf(c, source, rowBytes, cell));
            winner = v128.bitselect(i32x4.splat(<i32>cell), winner, f32x4.gt(value, largest));
            largest = f32x4.pmax(largest, value);
          }
          largest = v128.or(largest, someNaN(c, source, rowBytes));
        }
        const added = bias ? loadUpTo(bias + ((first + lane) << 2), channels - lane) : zero;
        largest = f32x4.add(largest, added);
        const isNaN = f32x4.ne(largest, largest);
        if (v128.any_true(isNaN)) {
          winner = v128.bitselect(firstNaN(c, source, rowBytes, added), winner, isNaN);
        }
        if (relu) {
          const isNotPositive = f32x4.le(largest, zero);
          // A negative zero becomes one without a sign.
          largest = v128.andnot(largest, isNotPositive);
          winner = v128.bitselect(i32x4.splat(NOWHERE), winner, isNotPositive);
        }
        const target = place + lane;
        if (lane + LANES <= channels) {
          v128.store(y + (target << 2), largest);
          if (winners) store<u32>(winners + target, bytesOf(winner));
        } else {
          let rest = largest;
          let bytes = bytesOf(winner);
          for (let i = lane; i < channels; i++) {
            store<f32>(y + ((place + i) << 2), f32x4.extract_lane(rest, 0));
            if (winners) store<u8>(winners + place + i, <u8>bytes);
            rest = i8x16.shuffle(rest, rest, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
            bytes >>= 8;
          }
        }
      }
      window += c.poolWidth * BLOCK_BYTES;
      place += c.outChannels;
    }
  }
}

/**
 * Finishes channels of a window of 2 x 2 sums, as many as a multiple of a vector's.
 *
 * @returns Whether none of them was NaN: otherwise what was written is wrong.
 */
function finishPairs(
  window: usize,
  rowBytes: usize,
  channels: usize,
  bias: usize,
  y: usize,
  winners: usize,
  relu: bool,
): bool {
  const zero = f32x4.splat(0);
  let probe = zero;
  for (let lane: usize = 0; lane < channels; lane += LANES) {
    const at = lane << 2;
    const source = window + at;
    const left = v128.load(source);
    const right = v128.load(source, BLOCK_BYTES);
    const below = v128.load(source + rowBytes);
    const diagonal = v128.load(source + rowBytes, BLOCK_BYTES);
    const added = bias ? v128.load(bias + at) : zero;
    const sum = f32x4.add(f32x4.add(left, right), f32x4.add(below, diagonal));
    probe = f32x4.add(probe, f32x4.add(sum, added));
    const upper = f32x4.pmax(left, right);
    const lower = f32x4.pmax(below, diagonal);
    // True is -1. The first of equal numbers stays.
    const upperWinner = i32x4.sub(i32x4.splat(0), f32x4.gt(right, left));
    const lowerWinner = i32x4.sub(i32x4.splat(2), f32x4.gt(diagonal, below));
    let winner = v128.bitselect(lowerWinner, upperWinner, f32x4.gt(lower, upper));
    let largest = f32x4.add(f32x4.pmax(upper, lower), added);
    if (relu) {
      const isNotPositive = f32x4.le(largest, zero);
      // A negative zero becomes one without a sign.
      largest = v128.andnot(largest, isNotPositive);
      winner = v128.bitselect(i32x4.splat(NOWHERE), winner, isNotPositive);
    }
    v128.store(y + at, largest);
    if (winners) store<u32>(winners + lane, bytesOf(winner));
  }
  return !v128.any_true(f32x4.ne(probe, probe));
}

/** The address of one place of a window of sums, counted row by row. */
function cellOf(c: Convolution, window: usize, rowBytes: usize, place: usize): usize {
  return window + (place / c.poolWidth) * rowBytes + (place % c.poolWidth) * BLOCK_BYTES;
}

/** All bits of each of four channels that has a NaN in a window: one itself. */
function someNaN(c: Convolution, window: usize, rowBytes: usize): v128 {
  let some = i32x4.splat(0);
  for (let place: usize = 0; place < c.poolHeight * c.poolWidth; place++) {
    const value = v128.load(cellOf(c, window, rowBytes, place));
    some = v128.or(some, f32x4.ne(value, value));
  }
  return some;
}

/** The place of the first sum of a window that is NaN with its bias, for each of four channels. */
function firstNaN(c: Convolution, window: usize, rowBytes: usize, bias: v128): v128 {
  let first = i32x4.splat(0);
  for (let place = c.poolHeight * c.poolWidth; place > 0; ) {
    place--;
    const value = f32x4.add(v128.load(cellOf(c, window, rowBytes, place)), bias);
    first = v128.bitselect(i32x4.splat(<i32>place), first, f32x4.ne(value, value));
  }
  return first;
}

/** The lowest byte of each of four numbers below 256. */
function bytesOf(numbers: v128): u32 {
  const shorts = i16x8.narrow_i32x4_u(numbers, numbers);
  return i32x4.extract_lane(i8x16.narrow_i16x8_u(shorts, shorts), 0);
}

/** Loads a vector, or its first few floats where there are no more. */
function loadUpTo(source: usize, floats: usize): v128 {
  if (floats >= LANES) return v128.load(source);
  let vector = v128.load32_zero(source);
  if (floats > 1) vector = f32x4.replace_lane(vector, 1, load<f32>(source, 4));
  if (floats > 2) vector = f32x4.replace_lane(vector, 2, load<f32>(source, 8));
  return vector;
}
