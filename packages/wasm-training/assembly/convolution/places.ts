/** The first place of a convolution's output, along an axis, whose window has a place of the input at the filter's place k. */
export function firstPlace(pad: usize, k: usize, stride: usize): usize {
  return pad > k ? (pad - k + stride - 1) / stride : 0;
}

/** One past the last of them, of `out` places, for an input of `inside`. */
export function endPlace(inside: usize, out: usize, pad: usize, k: usize, stride: usize): usize {
  return inside + pad > k ? min(out, (inside + pad - k + stride - 1) / stride) : 0;
}

/** Adds four float32 to as many float64. */
export function addTo(target: usize, sum: v128): void {
  v128.store(target, f64x2.add(v128.load(target), f64x2.promote_low_f32x4(sum)));
  const upper = v128.shuffle<u32>(sum, sum, 2, 3, 2, 3);
  v128.store(target, f64x2.add(v128.load(target, 16), f64x2.promote_low_f32x4(upper)), 16);
}
