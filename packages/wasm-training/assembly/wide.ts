/** The upper two of four float32, in the place of the lower two, which alone can become float64. */
export function upper(value: v128): v128 {
  return v128.shuffle<u32>(value, value, 2, 3, 2, 3);
}

/** Adds four float32 to as many float64. */
export function addTo(target: usize, sum: v128): void {
  v128.store(target, f64x2.add(v128.load(target), f64x2.promote_low_f32x4(sum)));
  v128.store(target, f64x2.add(v128.load(target, 16), f64x2.promote_low_f32x4(upper(sum))), 16);
}
