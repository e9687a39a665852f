/** Four bytes as floats, divided. */
function divideFour(words: v128, y: usize, divisors: v128): void {
  v128.store(y, f32x4.div(f32x4.convert_i32x4_u(words), divisors));
}

/**
 * y[i] = bytes[i] / 255, rounded to float32
 *
 * @param bytes u8 [length]
 * @param y f32 [length], overwritten
 */
export function scaleBytes(bytes: usize, y: usize, length: usize): void {
  const divisors = f32x4.splat(255);
  let i: usize = 0;
  for (; i + 16 <= length; i += 16) {
    const sixteen = v128.load(bytes + i);
    const low = i16x8.extend_low_i8x16_u(sixteen);
    const high = i16x8.extend_high_i8x16_u(sixteen);
    const to = y + (i << 2);
    divideFour(i32x4.extend_low_i16x8_u(low), to, divisors);
    divideFour(i32x4.extend_high_i16x8_u(low), to + 16, divisors);
    divideFour(i32x4.extend_low_i16x8_u(high), to + 32, divisors);
    divideFour(i32x4.extend_high_i16x8_u(high), to + 48, divisors);
  }
  for (; i < length; i++) store<f32>(y + (i << 2), <f32>load<u8>(bytes + i) / 255);
}
