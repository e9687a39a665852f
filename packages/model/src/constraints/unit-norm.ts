import { add, div, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { constraints } from '@tensorflow/tfjs-layers';
import { type Axes, type Constraint, EPSILON, normsOf } from './constraint.ts';

/**
 * Sets the norm of each unit's incoming weights to 1: `w / (1e-7 + sqrt(sum(w^2, axis)))`, the formula of
 * `keras.constraints.UnitNorm`. Weights that are all zero stay zero.
 *
 * It is saved and loaded as TensorFlow.js's own constraint, which differs on WebGL: there the 1e-7 is 1e-4. No stock
 * optimizer ever applies it: call `applyConstraints` after every update.
 *
 * @param axis Axes that the norm is summed over: 0 for a Dense kernel [inputs, units], `[0, 1, 2]` for a Conv2D
 *   kernel [height, width, channels, filters].
 */
export const unitNorm = (axis: Axes): Constraint => {
  // It takes lists of axes too, which its type leaves out.
  const constraint = constraints.unitNorm({ axis: axis as number });
  constraint.apply = (kernel: Tensor): Tensor => tidy(() => div(kernel, add(EPSILON, normsOf(kernel, axis))));
  return constraint;
};
