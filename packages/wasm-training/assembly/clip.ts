import { LANES } from './convolution/accumulate';

/** target[i] = x[i] < 0 ? 0 : x[i], so that NaN stays, whatever its sign bit. */
export function relu(x: usize, target: usize, length: usize): void {
  const zero = f32x4.splat(0);
  let i: usize = 0;
  for (; i + LANES <= length; i += LANES) {
    const value = v128.load(x + (i << 2));
    v128.store(target + (i << 2), v128.andnot(value, f32x4.lt(value, zero)));
  }
  for (; i < length; i++) {
    const value = load<f32>(x + (i << 2));
    store<f32>(target + (i << 2), value < 0 ? 0 : value);
  }
}

/** target[i] = x[i] within [low, high]; NaN stays. */
export function clip(x: usize, target: usize, length: usize, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  let i: usize = 0;
  for (; i + LANES <= length; i += LANES) {
    // A pseudo-maximum gives its first operand where either is NaN.
    v128.store(target + (i << 2), f32x4.pmin(f32x4.pmax(v128.load(x + (i << 2)), lows), highs));
  }
  for (; i < length; i++) {
    const value = load<f32>(x + (i << 2));
    const raised = value < low ? low : value;
    store<f32>(target + (i << 2), raised > high ? high : raised);
  }
}
