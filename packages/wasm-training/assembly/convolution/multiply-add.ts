/**
 * sum + a * b, rounded twice. In the build with relaxed SIMD it is rounded once where the processor can, so that its bits
 * depend on the processor.
 */
export function multiplyAdd(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}
