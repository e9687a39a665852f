import { LANES } from './convolution/accumulate';

/** Whether none of `length` floats is NaN or infinite: times 0 those are NaN, and so is every sum with one. */
export function allFinite(values: usize, length: usize): bool {
  const zero = f32x4.splat(0);
  let s0 = zero;
  let s1 = zero;
  let s2 = zero;
  let s3 = zero;
  let i: usize = 0;
  for (; i + 4 * LANES <= length; i += 4 * LANES) {
    const at = values + (i << 2);
    s0 = f32x4.add(s0, f32x4.mul(v128.load(at), zero));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(at, 16), zero));
    s2 = f32x4.add(s2, f32x4.mul(v128.load(at, 32), zero));
    s3 = f32x4.add(s3, f32x4.mul(v128.load(at, 48), zero));
  }
  let rest: f32 = 0;
  for (; i < length; i++) rest += load<f32>(values + (i << 2)) * 0;
  const sum = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  return i32x4.all_true(f32x4.eq(sum, zero)) && rest == 0;
}
