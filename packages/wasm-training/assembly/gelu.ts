import { LANES } from './convolution/accumulate';

/*
 * P(X <= x) of a standard normal X with an error below 1e-7, so that erf(z) = 2 P(X <= z * sqrt(2)) - 1 has one below 2e-7: for
 * |x| < 1 it is 1/2 + x times a polynomial in x * x; beyond, the tail is exp(-x * x / 2) * t * (a polynomial in t), where
 * t = 1 / (1 + 0.28 |x|). Both polynomials are minimax ones, the first of the absolute error (7e-9), the second of the relative
 * one (7e-8). The polynomial of exp is that of Cephes's expf.
 *
 * Coefficients are read from memory: V8 makes a vector constant anew, of several instructions, wherever it is used.
 */

const HALF: usize = 0;
const ONE: usize = 4;
const EXP: usize = 8;
const CENTER: usize = 56;
const TAIL: usize = 76;
const DENSITY: usize = 108;
const COEFFICIENT_BYTES: usize = 112;

/** Bytes of memory for the coefficients, and for the last numbers of two tensors. */
export function geluScratchBytes(): usize {
  return COEFFICIENT_BYTES + 8 * LANES;
}

function storeCoefficients(at: usize): void {
  store<f32>(at + HALF, 0.5);
  store<f32>(at + ONE, 1);
  // -1/2; 1 / ln(2), and ln(2) in two parts.
  store<f32>(at + EXP, -0.5);
  store<f32>(at + EXP, 1.44269504088896341, 4);
  store<f32>(at + EXP, 0.693359375, 8);
  store<f32>(at + EXP, 2.1219444e-4, 12);
  store<f32>(at + EXP, 1.98756915e-4, 16);
  store<f32>(at + EXP, 1.3981999507e-3, 20);
  store<f32>(at + EXP, 8.3334519073e-3, 24);
  store<f32>(at + EXP, 4.1665795894e-2, 28);
  store<f32>(at + EXP, 1.6666665459e-1, 32);
  store<f32>(at + EXP, 5.0000001201e-1, 36);
  store<i32>(at + EXP, 127, 40);
  store<f32>(at + EXP, -87, 44);

  store<f32>(at + CENTER, 9.246837726095691e-5);
  store<f32>(at + CENTER, -0.0011653507826849818, 4);
  store<f32>(at + CENTER, 0.009964167140424252, 8);
  store<f32>(at + CENTER, -0.06648872792720795, 12);
  store<f32>(at + CENTER, 0.3989422023296356, 16);

  store<f32>(at + TAIL, 0.28);
  store<f32>(at + TAIL, -0.05914430320262909, 4);
  store<f32>(at + TAIL, 0.1305864304304123, 8);
  store<f32>(at + TAIL, -0.002782795112580061, 12);
  store<f32>(at + TAIL, 0.1095956563949585, 16);
  store<f32>(at + TAIL, 0.09767058491706848, 20);
  store<f32>(at + TAIL, 0.11232359707355499, 24);
  store<f32>(at + TAIL, 0.11167357861995697, 28);

  // 1 / sqrt(2 pi)
  store<f32>(at + DENSITY, 0.3989422804014327);
}

/** target[i] = x[i] * P(X <= x[i]); NaN stays. */
export function gelu(x: usize, target: usize, scratch: usize, length: usize): void {
  storeCoefficients(scratch);
  compute(NO_SLOPES, x, target, scratch, length);
}

/** dx[i] = dy[i] * (P(X <= x[i]) + x[i] * density(x[i])). */
export function geluGradient(dy: usize, x: usize, dx: usize, scratch: usize, length: usize): void {
  storeCoefficients(scratch);
  compute(dy, x, dx, scratch, length);
}

/** Where the values are computed, not their slopes. */
const NO_SLOPES: usize = 0;

function compute(dy: usize, x: usize, target: usize, scratch: usize, length: usize): void {
  const bytes = (length << 2) & ~(4 * LANES - 1);
  computeVectors(dy, x, target, scratch, bytes);
  const rest = (length << 2) - bytes;
  if (rest == 0) return;
  // The last numbers, fewer than a vector has.
  const lastDy = scratch + COEFFICIENT_BYTES;
  const lastX = lastDy + 4 * LANES;
  memory.fill(lastDy, 0, 8 * LANES);
  if (dy != NO_SLOPES) memory.copy(lastDy, dy + bytes, rest);
  memory.copy(lastX, x + bytes, rest);
  computeVectors(dy == NO_SLOPES ? NO_SLOPES : lastDy, lastX, lastX, scratch, 4 * LANES);
  memory.copy(target + bytes, lastX, rest);
}

function computeVectors(dy: usize, x: usize, target: usize, scratch: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 4 * LANES) {
    const value = v128.load(x + i);
    const bell = bellOf(value, scratch);
    const passed = below(value, bell, scratch);
    if (dy == NO_SLOPES) {
      v128.store(target + i, f32x4.mul(value, passed));
    } else {
      const density = f32x4.mul(bell, v128.load32_splat(scratch, DENSITY));
      const slope = f32x4.add(passed, f32x4.mul(value, density));
      v128.store(target + i, f32x4.mul(v128.load(dy + i), slope));
    }
  }
}

/** exp(-x * x / 2); 0 where that is below the smallest normal number, since others are slow. */
function bellOf(x: v128, scratch: usize): v128 {
  const power = f32x4.mul(f32x4.mul(x, x), v128.load32_splat(scratch, EXP));
  // exp(power) = 2^n * exp(r), and |r| <= ln(2) / 2.
  const n = f32x4.nearest(f32x4.mul(power, v128.load32_splat(scratch, EXP + 4)));
  let r = f32x4.sub(power, f32x4.mul(n, v128.load32_splat(scratch, EXP + 8)));
  r = f32x4.add(r, f32x4.mul(n, v128.load32_splat(scratch, EXP + 12)));
  let p = v128.load32_splat(scratch, EXP + 16);
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(scratch, EXP + 20));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(scratch, EXP + 24));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(scratch, EXP + 28));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(scratch, EXP + 32));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(scratch, EXP + 36));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), v128.load32_splat(scratch, ONE));
  const exponent = i32x4.add(i32x4.trunc_sat_f32x4_s(n), v128.load32_splat(scratch, EXP + 40));
  const found = f32x4.mul(p, i32x4.shl(exponent, 23));
  return v128.and(found, f32x4.gt(power, v128.load32_splat(scratch, EXP + 44)));
}

/**
 * P(X <= x)
 *
 * @param bell exp(-x * x / 2)
 */
function below(x: v128, bell: v128, scratch: usize): v128 {
  const one = v128.load32_splat(scratch, ONE);
  const square = f32x4.mul(x, x);
  let center = v128.load32_splat(scratch, CENTER);
  center = f32x4.add(f32x4.mul(center, square), v128.load32_splat(scratch, CENTER + 4));
  center = f32x4.add(f32x4.mul(center, square), v128.load32_splat(scratch, CENTER + 8));
  center = f32x4.add(f32x4.mul(center, square), v128.load32_splat(scratch, CENTER + 12));
  center = f32x4.add(f32x4.mul(center, square), v128.load32_splat(scratch, CENTER + 16));
  center = f32x4.add(f32x4.mul(center, x), v128.load32_splat(scratch, HALF));

  const distance = f32x4.abs(x);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(distance, v128.load32_splat(scratch, TAIL))));
  let tail = v128.load32_splat(scratch, TAIL + 4);
  tail = f32x4.add(f32x4.mul(tail, t), v128.load32_splat(scratch, TAIL + 8));
  tail = f32x4.add(f32x4.mul(tail, t), v128.load32_splat(scratch, TAIL + 12));
  tail = f32x4.add(f32x4.mul(tail, t), v128.load32_splat(scratch, TAIL + 16));
  tail = f32x4.add(f32x4.mul(tail, t), v128.load32_splat(scratch, TAIL + 20));
  tail = f32x4.add(f32x4.mul(tail, t), v128.load32_splat(scratch, TAIL + 24));
  tail = f32x4.add(f32x4.mul(tail, t), v128.load32_splat(scratch, TAIL + 28));
  tail = f32x4.mul(f32x4.mul(tail, t), bell);
  const outside = v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)));
  return v128.bitselect(center, outside, f32x4.lt(distance, one));
}
