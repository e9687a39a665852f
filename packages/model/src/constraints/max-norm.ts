import { add, clipByValue, div, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { constraints } from '@tensorflow/tfjs-layers';
import { type Axes, type Constraint, EPSILON, normsOf } from './constraint.ts';

/**
 * Limits the norm of each unit's incoming weights to `value`:
 * `w * clip(n, 0, value) / (1e-7 + n)` with `n = sqrt(sum(w^2, axis))`, Keras's formula.
 *
 * It is saved and loaded as TensorFlow.js's own constraint, which differs on WebGL: there the 1e-7 is 1e-4, that of
 * backends of 16 bits, and every update shrinks weights that are within the limit. No stock optimizer ever
 * applies it: call {@link applyConstraints} after every update.
 *
 * @param value The largest norm, above 0.
 * @param axis Axes that the norm is summed over: 0 for a Dense kernel [inputs, units], `[0, 1, 2]` for a Conv2D
 *   kernel [height, width, channels, filters].
 * @see Srivastava et al. 2014, section 5.1.
 */
export const maxNorm = (value: number, axis: Axes): Constraint => {
  // It takes lists of axes too, which its type leaves out.
  const constraint = constraints.maxNorm({ maxValue: value, axis: axis as number });
  constraint.apply = (kernel: Tensor): Tensor =>
    tidy(() => {
      const norms = normsOf(kernel, axis);
      return mul(kernel, div(clipByValue(norms, 0, value), add(EPSILON, norms)));
    });
  return constraint;
};
