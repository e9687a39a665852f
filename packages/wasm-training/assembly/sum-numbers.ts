import { LANES } from './convolution/accumulate';

/** Floats whose sum is taken in float32, in four vectors of running sums, before it is added to the others' in float64. */
const BLOCK: usize = 512;

/** Returns the sum of `length` floats, rounded once more than the sums of {@link BLOCK} floats. */
export function sumNumbers(values: usize, length: usize): f64 {
  let total: f64 = 0;
  for (let start: usize = 0; start < length; start += BLOCK) {
    const end = min(start + BLOCK, length);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let i = start;
    for (; i + 4 * LANES <= end; i += 4 * LANES) {
      const at = values + (i << 2);
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
      s2 = f32x4.add(s2, v128.load(at, 32));
      s3 = f32x4.add(s3, v128.load(at, 48));
    }
    const sum = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
    total += <f64>f32x4.extract_lane(sum, 0) + <f64>f32x4.extract_lane(sum, 1);
    total += <f64>f32x4.extract_lane(sum, 2) + <f64>f32x4.extract_lane(sum, 3);
    for (; i < end; i++) total += <f64>load<f32>(values + (i << 2));
  }
  return total;
}
