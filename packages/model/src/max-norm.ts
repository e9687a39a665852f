import { constraints } from '@tensorflow/tfjs-layers';

/** An axis, or several, of a kernel. */
export type Axes = number | readonly number[];

/** A constraint on a layer's weights, for its `kernelConstraint`. */
export type Constraint = ReturnType<typeof constraints.maxNorm>;

/**
 * Limits the norm of each unit's incoming weights to `value`:
 * `w * clip(n, 0, value) / (1e-7 + n)` with `n = sqrt(sum(w^2, axis))`, Keras's formula.
 *
 * It is TensorFlow.js's own constraint, whose type alone leaves out the lists that it handles. No stock
 * optimizer ever applies it: call {@link applyConstraints} after every update.
 *
 * @param value The largest norm, above 0.
 * @param axis Axes that the norm is summed over: 0 for a Dense kernel [inputs, units], `[0, 1, 2]` for a Conv2D
 *   kernel [height, width, channels, filters].
 * @see Srivastava et al. 2014, section 5.1.
 */
export const maxNorm = (value: number, axis: Axes): Constraint =>
  constraints.maxNorm({ maxValue: value, axis: axis as number });
