/** Four floats of x, each times the scale where its mask, all bits or none, has it kept, and times 0 elsewhere. */
function scaleFour(x: usize, y: usize, mask: v128, scales: v128): void {
  v128.store(y, f32x4.mul(v128.load(x), v128.and(mask, scales)));
}

/**
 * y[i] = x[i] * (kept[i] ? scale : 0), so that a NaN that is dropped stays one
 *
 * @param x f32 [length]
 * @param kept u8 [length], 1 or 0
 * @param y f32 [length], overwritten
 */
export function scaleKept(x: usize, kept: usize, y: usize, length: usize, scale: f32): void {
  const scales = f32x4.splat(scale);
  const zero = i8x16.splat(0);
  let i: usize = 0;
  for (; i + 16 <= length; i += 16) {
    const bytes = i8x16.ne(v128.load(kept + i), zero);
    const low = i16x8.extend_low_i8x16_s(bytes);
    const high = i16x8.extend_high_i8x16_s(bytes);
    const from = x + (i << 2);
    const to = y + (i << 2);
    scaleFour(from, to, i32x4.extend_low_i16x8_s(low), scales);
    scaleFour(from + 16, to + 16, i32x4.extend_high_i16x8_s(low), scales);
    scaleFour(from + 32, to + 32, i32x4.extend_low_i16x8_s(high), scales);
    scaleFour(from + 48, to + 48, i32x4.extend_high_i16x8_s(high), scales);
  }
  for (; i < length; i++) {
    const factor: f32 = load<u8>(kept + i) ? scale : 0;
    store<f32>(y + (i << 2), load<f32>(x + (i << 2)) * factor);
  }
}
