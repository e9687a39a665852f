import { LANES } from './convolution/accumulate';

/**
 * An update of Adam, rounded to float32 after every operation:
 *
 *   newM = m + (g - m) * (1 - beta1)
 *   newV = v + (g * g - v) * (1 - beta2)
 *   newW = w - newM * alpha / (sqrt(newV) + epsilon)
 *
 * @param restOf1 1 - beta1
 * @param restOf2 1 - beta2
 */
export function adam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  newW: usize,
  newM: usize,
  newV: usize,
  length: usize,
  alpha: f32,
  restOf1: f32,
  restOf2: f32,
  epsilon: f32,
): void {
  const alphas = f32x4.splat(alpha);
  const rests1 = f32x4.splat(restOf1);
  const rests2 = f32x4.splat(restOf2);
  const epsilons = f32x4.splat(epsilon);
  const bytes = length << 2;
  let i: usize = 0;
  for (; i + 4 * LANES <= bytes; i += 4 * LANES) {
    const gradient = v128.load(g + i);
    const m0 = v128.load(m + i);
    const v0 = v128.load(v + i);
    const m1 = f32x4.add(m0, f32x4.mul(f32x4.sub(gradient, m0), rests1));
    const v1 = f32x4.add(v0, f32x4.mul(f32x4.sub(f32x4.mul(gradient, gradient), v0), rests2));
    const step = f32x4.div(f32x4.mul(m1, alphas), f32x4.add(f32x4.sqrt(v1), epsilons));
    v128.store(newM + i, m1);
    v128.store(newV + i, v1);
    v128.store(newW + i, f32x4.sub(v128.load(w + i), step));
  }
  for (; i < bytes; i += 4) {
    const gradient = load<f32>(g + i);
    const m0 = load<f32>(m + i);
    const v0 = load<f32>(v + i);
    const m1 = m0 + (gradient - m0) * restOf1;
    const v1 = v0 + (gradient * gradient - v0) * restOf2;
    store<f32>(newM + i, m1);
    store<f32>(newV + i, v1);
    store<f32>(newW + i, load<f32>(w + i) - (m1 * alpha) / (sqrt<f32>(v1) + epsilon));
  }
}
