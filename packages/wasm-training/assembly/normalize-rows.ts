import { LANES } from './convolution/accumulate';
import { rowsOfBlock } from './row-blocks';
import { addTo, upper } from './wide';

/*
 * Layer normalization of [rows, features]. A row passes several times, while it is in the first cache; what is summed over a row
 * is summed in float64.
 */

/** Features at a time: two vectors. */
const STRIP_BYTES: usize = 2 * LANES * 4;

/**
 * y = (x - mean) * inverse * gamma + beta, where mean and variance are those of a row and inverse is 1 / sqrt(variance + epsilon).
 *
 * @param x [rows, features]
 * @param gamma [features]
 * @param beta [features]
 * @param y [rows, features], overwritten
 * @param mean [rows], overwritten
 * @param inverse [rows], overwritten
 */
export function normalizeRows(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  mean: usize,
  inverse: usize,
  rows: usize,
  features: usize,
  epsilon: f64,
): void {
  const rowBytes = features << 2;
  for (let row: usize = 0; row < rows; row++, x += rowBytes, y += rowBytes) {
    const exactMean = sumOfRow(x, rowBytes) / <f64>features;
    const m = <f32>exactMean;
    // The squares are of the distances to the rounded mean.
    const rounded = exactMean - <f64>m;
    const variance = sumOfSquares(x, m, rowBytes) / <f64>features - rounded * rounded;
    const r = <f32>(1 / sqrt(max<f64>(variance, 0) + epsilon));
    store<f32>(mean + (row << 2), m);
    store<f32>(inverse + (row << 2), r);
    const center = f32x4.splat(m);
    const factor = f32x4.splat(r);
    let at: usize = 0;
    for (; at + 4 * LANES <= rowBytes; at += 4 * LANES) {
      const normalized = f32x4.mul(f32x4.sub(v128.load(x + at), center), factor);
      v128.store(y + at, f32x4.add(f32x4.mul(normalized, v128.load(gamma + at)), v128.load(beta + at)));
    }
    for (; at < rowBytes; at += 4) {
      const normalized = (load<f32>(x + at) - m) * r;
      store<f32>(y + at, normalized * load<f32>(gamma + at) + load<f32>(beta + at));
    }
  }
}

function sumOfRow(x: usize, rowBytes: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let at: usize = 0;
  for (; at + STRIP_BYTES <= rowBytes; at += STRIP_BYTES) {
    const first = v128.load(x + at);
    const second = v128.load(x + at, 16);
    s0 = f64x2.add(s0, f64x2.promote_low_f32x4(first));
    s1 = f64x2.add(s1, f64x2.promote_low_f32x4(upper(first)));
    s2 = f64x2.add(s2, f64x2.promote_low_f32x4(second));
    s3 = f64x2.add(s3, f64x2.promote_low_f32x4(upper(second)));
  }
  let sum = added(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
  for (; at < rowBytes; at += 4) sum += <f64>load<f32>(x + at);
  return sum;
}

function sumOfSquares(x: usize, mean: f32, rowBytes: usize): f64 {
  const center = f32x4.splat(mean);
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let at: usize = 0;
  for (; at + STRIP_BYTES <= rowBytes; at += STRIP_BYTES) {
    const first = f32x4.sub(v128.load(x + at), center);
    const second = f32x4.sub(v128.load(x + at, 16), center);
    s0 = f64x2.add(s0, squares(first));
    s1 = f64x2.add(s1, squares(upper(first)));
    s2 = f64x2.add(s2, squares(second));
    s3 = f64x2.add(s3, squares(upper(second)));
  }
  let sum = added(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
  for (; at < rowBytes; at += 4) {
    const distance = <f64>(load<f32>(x + at) - mean);
    sum += distance * distance;
  }
  return sum;
}

/** The squares of the lower two floats, in float64. */
function squares(values: v128): v128 {
  const wide = f64x2.promote_low_f32x4(values);
  return f64x2.mul(wide, wide);
}

function added(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/**
 * The gradients of {@link normalizeRows}. With xhat = (x - mean) * inverse, g = dy * gamma and means over a row:
 * dx = inverse * (g - mean(g) - xhat * mean(g * xhat)), dgamma = sum(dy * xhat) and dbeta = sum(dy) over all rows.
 *
 * @param dy [rows, features]
 * @param x [rows, features]
 * @param gamma [features]
 * @param mean [rows]
 * @param inverse [rows]
 * @param dx [rows, features], overwritten
 * @param dgamma [features], overwritten
 * @param dbeta [features], overwritten
 * @param scratch float64 [2, features]
 */
export function normalizeRowsGradient(
  dy: usize,
  x: usize,
  gamma: usize,
  mean: usize,
  inverse: usize,
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  scratch: usize,
  rows: usize,
  features: usize,
): void {
  const rowBytes = features << 2;
  const sums = scratch;
  const products = scratch + (features << 3);
  memory.fill(scratch, 0, features << 4);
  const blockRows = rowsOfBlock(rowBytes);
  for (let start: usize = 0; start < rows; start += blockRows) {
    const end = min(start + blockRows, rows);
    for (let row = start; row < end; row++) {
      const at = row * rowBytes;
      gradientOfRow(
        dy + at,
        x + at,
        gamma,
        dx + at,
        rowBytes,
        load<f32>(mean + (row << 2)),
        load<f32>(inverse + (row << 2)),
      );
    }
    sumColumns(dy, x, mean, inverse, sums, products, start, end, features);
  }
  for (let f: usize = 0; f < features; f++) {
    store<f32>(dbeta + (f << 2), <f32>load<f64>(sums + (f << 3)));
    store<f32>(dgamma + (f << 2), <f32>load<f64>(products + (f << 3)));
  }
}

function gradientOfRow(
  dy: usize,
  x: usize,
  gamma: usize,
  dx: usize,
  rowBytes: usize,
  mean: f32,
  inverse: f32,
): void {
  const center = f32x4.splat(mean);
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let p0 = s0;
  let p1 = s0;
  let at: usize = 0;
  for (; at + 4 * LANES <= rowBytes; at += 4 * LANES) {
    const slope = f32x4.mul(v128.load(dy + at), v128.load(gamma + at));
    const distance = f32x4.sub(v128.load(x + at), center);
    const slope0 = f64x2.promote_low_f32x4(slope);
    const slope1 = f64x2.promote_low_f32x4(upper(slope));
    s0 = f64x2.add(s0, slope0);
    s1 = f64x2.add(s1, slope1);
    p0 = f64x2.add(p0, f64x2.mul(slope0, f64x2.promote_low_f32x4(distance)));
    p1 = f64x2.add(p1, f64x2.mul(slope1, f64x2.promote_low_f32x4(upper(distance))));
  }
  let sum = added(f64x2.add(s0, s1));
  let products = added(f64x2.add(p0, p1));
  for (; at < rowBytes; at += 4) {
    const slope = load<f32>(dy + at) * load<f32>(gamma + at);
    sum += <f64>slope;
    products += <f64>slope * <f64>(load<f32>(x + at) - mean);
  }
  const features = <f64>(rowBytes >> 2);
  const meanOfSlopes = <f32>(sum / features);
  const along = <f32>((<f64>inverse * <f64>inverse * products) / features);
  const factor = f32x4.splat(inverse);
  const meanSlope = f32x4.splat(meanOfSlopes);
  const alongs = f32x4.splat(along);
  at = 0;
  for (; at + 4 * LANES <= rowBytes; at += 4 * LANES) {
    const slope = f32x4.sub(f32x4.mul(v128.load(dy + at), v128.load(gamma + at)), meanSlope);
    const share = f32x4.mul(f32x4.sub(v128.load(x + at), center), alongs);
    v128.store(dx + at, f32x4.mul(f32x4.sub(slope, share), factor));
  }
  for (; at < rowBytes; at += 4) {
    const slope = load<f32>(dy + at) * load<f32>(gamma + at) - meanOfSlopes;
    store<f32>(dx + at, (slope - (load<f32>(x + at) - mean) * along) * inverse);
  }
}

/** Adds what a block of rows has of sum(dy) and sum(dy * xhat) to float64 sums of columns. */
function sumColumns(
  dy: usize,
  x: usize,
  mean: usize,
  inverse: usize,
  sums: usize,
  products: usize,
  start: usize,
  end: usize,
  features: usize,
): void {
  const rowBytes = features << 2;
  let f: usize = 0;
  for (; f + 2 * LANES <= features; f += 2 * LANES) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let p0 = s0;
    let p1 = s0;
    for (let row = start; row < end; row++) {
      const at = row * rowBytes + (f << 2);
      const center = v128.load32_splat(mean + (row << 2));
      const factor = v128.load32_splat(inverse + (row << 2));
      const slope0 = v128.load(dy + at);
      const slope1 = v128.load(dy + at, 16);
      s0 = f32x4.add(s0, slope0);
      s1 = f32x4.add(s1, slope1);
      p0 = f32x4.add(p0, f32x4.mul(slope0, f32x4.mul(f32x4.sub(v128.load(x + at), center), factor)));
      p1 = f32x4.add(p1, f32x4.mul(slope1, f32x4.mul(f32x4.sub(v128.load(x + at, 16), center), factor)));
    }
    addTo(sums + (f << 3), s0);
    addTo(sums + (f << 3) + 32, s1);
    addTo(products + (f << 3), p0);
    addTo(products + (f << 3) + 32, p1);
  }
  for (; f < features; f++) {
    let s: f32 = 0;
    let p: f32 = 0;
    for (let row = start; row < end; row++) {
      const at = row * rowBytes + (f << 2);
      const slope = load<f32>(dy + at);
      s += slope;
      p += slope * ((load<f32>(x + at) - load<f32>(mean + (row << 2))) * load<f32>(inverse + (row << 2)));
    }
    store<f64>(sums + (f << 3), load<f64>(sums + (f << 3)) + <f64>s);
    store<f64>(products + (f << 3), load<f64>(products + (f << 3)) + <f64>p);
  }
}
