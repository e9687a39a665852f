import { LANES } from './convolution/accumulate';
import { rowsOfBlock } from './row-blocks';
import { addTo, upper } from './wide';

/*
 * Batch normalization of [rows, channels]. What is summed over rows is summed block by block: a block stays in the first
 * cache while a few channels at a time pass through it, and its sums are added to those of all rows in float64.
 */

/** Channels at a time of the sums: two vectors. */
const STRIP: usize = 2 * LANES;

/**
 * Mean and variance of each channel, `sum(x) / rows` and `sum(x * x) / rows - mean * mean`, all in float64, where the difference
 * keeps float32's digits for means up to 1,000 standard deviations.
 *
 * @param x [rows, channels]
 * @param mean [channels], overwritten
 * @param variance [channels], overwritten
 * @param scratch float64 [2, channels]
 */
export function channelMoments(
  x: usize,
  mean: usize,
  variance: usize,
  scratch: usize,
  rows: usize,
  channels: usize,
): void {
  const rowBytes = channels << 2;
  const sums = scratch;
  const squares = scratch + (channels << 3);
  memory.fill(scratch, 0, channels << 4);
  const blockRows = rowsOfBlock(rowBytes);
  for (let start: usize = 0; start < rows; start += blockRows) {
    const block = x + start * rowBytes;
    const end = x + min(start + blockRows, rows) * rowBytes;
    let c: usize = 0;
    for (; c + STRIP <= channels; c += STRIP) {
      const s = sums + (c << 3);
      const q = squares + (c << 3);
      let s0 = v128.load(s);
      let s1 = v128.load(s, 16);
      let s2 = v128.load(s, 32);
      let s3 = v128.load(s, 48);
      let q0 = v128.load(q);
      let q1 = v128.load(q, 16);
      let q2 = v128.load(q, 32);
      let q3 = v128.load(q, 48);
      for (let row = block + (c << 2); row < end; row += rowBytes) {
        const first = v128.load(row);
        const second = v128.load(row, 16);
        const x0 = f64x2.promote_low_f32x4(first);
        const x1 = f64x2.promote_low_f32x4(upper(first));
        const x2 = f64x2.promote_low_f32x4(second);
        const x3 = f64x2.promote_low_f32x4(upper(second));
        s0 = f64x2.add(s0, x0);
        s1 = f64x2.add(s1, x1);
        s2 = f64x2.add(s2, x2);
        s3 = f64x2.add(s3, x3);
        q0 = f64x2.add(q0, f64x2.mul(x0, x0));
        q1 = f64x2.add(q1, f64x2.mul(x1, x1));
        q2 = f64x2.add(q2, f64x2.mul(x2, x2));
        q3 = f64x2.add(q3, f64x2.mul(x3, x3));
      }
      v128.store(s, s0);
      v128.store(s, s1, 16);
      v128.store(s, s2, 32);
      v128.store(s, s3, 48);
      v128.store(q, q0);
      v128.store(q, q1, 16);
      v128.store(q, q2, 32);
      v128.store(q, q3, 48);
    }
    for (; c < channels; c++) {
      let s = load<f64>(sums + (c << 3));
      let q = load<f64>(squares + (c << 3));
      for (let row = block + (c << 2); row < end; row += rowBytes) {
        const value = <f64>load<f32>(row);
        s += value;
        q += value * value;
      }
      store<f64>(sums + (c << 3), s);
      store<f64>(squares + (c << 3), q);
    }
  }
  for (let c: usize = 0; c < channels; c++) {
    const m = load<f64>(sums + (c << 3)) / <f64>rows;
    store<f32>(mean + (c << 2), <f32>m);
    // A NaN stays one.
    store<f32>(variance + (c << 2), <f32>max<f64>(load<f64>(squares + (c << 3)) / <f64>rows - m * m, 0));
  }
}

/** y = (x - mean) * scale + offset, for [rows, channels] and vectors of [channels]. */
export function normalizeChannels(
  x: usize,
  mean: usize,
  scale: usize,
  offset: usize,
  y: usize,
  rows: usize,
  channels: usize,
): void {
  const rowBytes = channels << 2;
  for (let end = x + rows * rowBytes; x < end; x += rowBytes, y += rowBytes) {
    let c: usize = 0;
    for (; c + 4 * LANES <= rowBytes; c += 4 * LANES) {
      const centered = f32x4.sub(v128.load(x + c), v128.load(mean + c));
      v128.store(y + c, f32x4.add(f32x4.mul(centered, v128.load(scale + c)), v128.load(offset + c)));
    }
    for (; c < rowBytes; c += 4) {
      const centered = load<f32>(x + c) - load<f32>(mean + c);
      store<f32>(y + c, centered * load<f32>(scale + c) + load<f32>(offset + c));
    }
  }
}

/**
 * sumOfDy = sum(dy) and sumOfDyXhat = inverse * sum(dy * (x - mean)) over the rows.
 *
 * @param dy [rows, channels]
 * @param x [rows, channels]
 * @param scratch float64 [2, channels]
 */
export function normalizationSums(
  dy: usize,
  x: usize,
  mean: usize,
  inverse: usize,
  sumOfDy: usize,
  sumOfDyXhat: usize,
  scratch: usize,
  rows: usize,
  channels: usize,
): void {
  const rowBytes = channels << 2;
  const sums = scratch;
  const products = scratch + (channels << 3);
  memory.fill(scratch, 0, channels << 4);
  const blockRows = rowsOfBlock(rowBytes);
  const fromDyToX = x - dy;
  for (let start: usize = 0; start < rows; start += blockRows) {
    const block = dy + start * rowBytes;
    const end = dy + min(start + blockRows, rows) * rowBytes;
    let c: usize = 0;
    for (; c + STRIP <= channels; c += STRIP) {
      const m0 = v128.load(mean + (c << 2));
      const m1 = v128.load(mean + (c << 2), 16);
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let p0 = s0;
      let p1 = s0;
      for (let row = block + (c << 2); row < end; row += rowBytes) {
        const slope0 = v128.load(row);
        const slope1 = v128.load(row, 16);
        s0 = f32x4.add(s0, slope0);
        s1 = f32x4.add(s1, slope1);
        p0 = f32x4.add(p0, f32x4.mul(slope0, f32x4.sub(v128.load(row + fromDyToX), m0)));
        p1 = f32x4.add(p1, f32x4.mul(slope1, f32x4.sub(v128.load(row + fromDyToX, 16), m1)));
      }
      addTo(sums + (c << 3), s0);
      addTo(sums + (c << 3) + 32, s1);
      addTo(products + (c << 3), p0);
      addTo(products + (c << 3) + 32, p1);
    }
    for (; c < channels; c++) {
      const m = load<f32>(mean + (c << 2));
      let s: f32 = 0;
      let p: f32 = 0;
      for (let row = block + (c << 2); row < end; row += rowBytes) {
        const slope = load<f32>(row);
        s += slope;
        p += slope * (load<f32>(row + fromDyToX) - m);
      }
      store<f64>(sums + (c << 3), load<f64>(sums + (c << 3)) + <f64>s);
      store<f64>(products + (c << 3), load<f64>(products + (c << 3)) + <f64>p);
    }
  }
  for (let c: usize = 0; c < channels; c++) {
    store<f32>(sumOfDy + (c << 2), <f32>load<f64>(sums + (c << 3)));
    const product = load<f64>(products + (c << 3)) * <f64>load<f32>(inverse + (c << 2));
    store<f32>(sumOfDyXhat + (c << 2), <f32>product);
  }
}

/**
 * dx = (dy - meanOfDy - (x - mean) * inverse * meanOfDyXhat) * scale, for [rows, channels] and vectors of [channels].
 *
 * @param scratch float32 [channels]
 */
export function normalizationGradient(
  dy: usize,
  x: usize,
  mean: usize,
  inverse: usize,
  scale: usize,
  meanOfDy: usize,
  meanOfDyXhat: usize,
  dx: usize,
  scratch: usize,
  rows: usize,
  channels: usize,
): void {
  const rowBytes = channels << 2;
  for (let c: usize = 0; c < rowBytes; c += 4) {
    store<f32>(scratch + c, load<f32>(inverse + c) * load<f32>(meanOfDyXhat + c));
  }
  for (let end = dy + rows * rowBytes; dy < end; dy += rowBytes, x += rowBytes, dx += rowBytes) {
    let c: usize = 0;
    for (; c + 4 * LANES <= rowBytes; c += 4 * LANES) {
      const slope = f32x4.sub(v128.load(dy + c), v128.load(meanOfDy + c));
      const along = f32x4.mul(f32x4.sub(v128.load(x + c), v128.load(mean + c)), v128.load(scratch + c));
      v128.store(dx + c, f32x4.mul(f32x4.sub(slope, along), v128.load(scale + c)));
    }
    for (; c < rowBytes; c += 4) {
      const slope = load<f32>(dy + c) - load<f32>(meanOfDy + c);
      const along = (load<f32>(x + c) - load<f32>(mean + c)) * load<f32>(scratch + c);
      store<f32>(dx + c, (slope - along) * load<f32>(scale + c));
    }
  }
}
