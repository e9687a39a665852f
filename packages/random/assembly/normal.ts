import { chunk } from './chunk';
import { carried, drawWords, firstCounters, words } from './philox';

const BYTES_PER_BLOCK: usize = 16;

const LN2: f64 = 0.6931471805599453;
const SQRT2: f64 = 1.4142135623730951;
const HALF_PI: f64 = 1.5707963267948966;

function times(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}

/** `sum * x + coefficient`, a step of Horner's scheme. */
function horner(sum: v128, x: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, x), f64x2.splat(coefficient));
}

/**
 * `ln(u)` of normal numbers above 0, to 1e-13: `u = m * 2^e` with m from sqrt(1/2) to sqrt(2), and
 * `ln(m) = 2 artanh(s)` with `s = (m - 1) / (m + 1)`, as a series up to s^15.
 */
function ln(u: v128): v128 {
  const one = f64x2.splat(1);
  const fraction = v128.or(v128.and(u, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3ff0000000000000));
  const isLarge = f64x2.gt(fraction, f64x2.splat(SQRT2));
  const m = v128.bitselect(times(fraction, f64x2.splat(0.5)), fraction, isLarge);
  // True is -1.
  const exponent = i64x2.sub(i64x2.sub(i64x2.shr_u(u, 52), i64x2.splat(1023)), isLarge);
  const e = f64x2.convert_low_i32x4_s(v128.shuffle<u32>(exponent, exponent, 0, 2, 0, 2));
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const z = times(s, s);
  let series = f64x2.splat(1.0 / 15);
  series = horner(series, z, 1.0 / 13);
  series = horner(series, z, 1.0 / 11);
  series = horner(series, z, 1.0 / 9);
  series = horner(series, z, 1.0 / 7);
  series = horner(series, z, 1.0 / 5);
  series = horner(series, z, 1.0 / 3);
  series = horner(series, z, 1);
  return f64x2.add(times(e, f64x2.splat(LN2)), times(f64x2.add(s, s), series));
}

/** `sin(t) / t` of t from -pi/4 to pi/4, by its series in t^2 up to t^12. */
function sinOver(t2: v128): v128 {
  let series = f64x2.splat(1.0 / 6227020800);
  series = horner(series, t2, -1.0 / 39916800);
  series = horner(series, t2, 1.0 / 362880);
  series = horner(series, t2, -1.0 / 5040);
  series = horner(series, t2, 1.0 / 120);
  series = horner(series, t2, -1.0 / 6);
  return horner(series, t2, 1);
}

/** `cos(t)` of the same, up to t^14. */
function cos(t2: v128): v128 {
  let series = f64x2.splat(-1.0 / 87178291200);
  series = horner(series, t2, 1.0 / 479001600);
  series = horner(series, t2, -1.0 / 3628800);
  series = horner(series, t2, 1.0 / 40320);
  series = horner(series, t2, -1.0 / 720);
  series = horner(series, t2, 1.0 / 24);
  series = horner(series, t2, -1.0 / 2);
  return horner(series, t2, 1);
}

/** Bit 1 of each 64-bit lane as the sign bit of a double. */
function signOf(bits: v128): v128 {
  return i64x2.shl(v128.and(bits, i64x2.splat(2)), 62);
}

/** The four deviates of a block: two pairs, each of two words. */
function deviatesOf(block: v128, mean: v128, deviation: v128): v128 {
  const first = v128.shuffle<u32>(block, block, 0, 2, 0, 2);
  const second = v128.shuffle<u32>(block, block, 1, 3, 1, 3);
  const unit = f64x2.splat(1.0 / 4294967296);
  const u = times(f64x2.add(f64x2.convert_low_i32x4_u(first), f64x2.splat(0.5)), unit);
  const radius = times(f64x2.sqrt(times(f64x2.splat(-2), ln(u))), deviation);

  const quadrant = i64x2.extend_low_i32x4_u(i32x4.shr_u(second, 30));
  const rest = f64x2.convert_low_i32x4_u(v128.and(second, i32x4.splat(0x3fffffff)));
  const part = f64x2.sub(times(rest, f64x2.splat(1.0 / 1073741824)), f64x2.splat(0.5));
  const t = times(part, f64x2.splat(HALF_PI));
  const t2 = times(t, t);
  const sinT = times(t, sinOver(t2));
  const cosT = cos(t2);
  const isOdd = i64x2.sub(i64x2.splat(0), v128.and(quadrant, i64x2.splat(1)));
  const x = v128.xor(v128.bitselect(sinT, cosT, isOdd), signOf(i64x2.add(quadrant, i64x2.splat(1))));
  const y = v128.xor(v128.bitselect(cosT, sinT, isOdd), signOf(quadrant));
  const xs = f32x4.demote_f64x2_zero(f64x2.add(times(radius, x), mean));
  const ys = f32x4.demote_f64x2_zero(f64x2.add(times(radius, y), mean));
  return v128.shuffle<f32>(xs, ys, 0, 4, 1, 5);
}

/**
 * Fills the chunk with the normal deviates of `blocks` Philox blocks from block `blockHigh * 2^32 + blockLow` on, four a
 * block, rounded up to a multiple of four blocks. Only sums, products, quotients and roots of doubles are taken, which are
 * the same to the bit on every processor.
 */
export function fillNormal(
  blocks: i32,
  blockLow: u32,
  blockHigh: u32,
  key0: u32,
  key1: u32,
  mean: f64,
  deviation: f64,
): void {
  const means = f64x2.splat(mean);
  const deviations = f64x2.splat(deviation);
  let low = firstCounters(blockLow);
  let high = carried(i32x4.splat(blockHigh), low, i32x4.splat(blockLow));
  const four = i32x4.splat(4);

  const end = chunk + <usize>blocks * BYTES_PER_BLOCK;
  for (let target = chunk; target < end; target += 4 * BYTES_PER_BLOCK) {
    drawWords(low, high, key0, key1);
    for (let block: usize = 0; block < 64; block += 16) {
      v128.store(target + block, deviatesOf(v128.load(words + block), means, deviations));
    }
    const next = i32x4.add(low, four);
    high = carried(high, next, low);
    low = next;
  }
}
