import { mul, sqrt, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { constraints } from '@tensorflow/tfjs-layers';

/** One or more axes of a kernel. */
export type Axes = number | readonly number[];

/** A constraint on a layer's weights, for its `kernelConstraint`. */
export type Constraint = ReturnType<typeof constraints.maxNorm>;

/** `keras.config.epsilon()`. */
export const EPSILON = 1e-7;

/** Returns `sqrt(sum(w^2, axis))`, with the axes that were summed over kept as ones. */
export const normsOf = (kernel: Tensor, axis: Axes): Tensor =>
  sqrt(sum(mul(kernel, kernel), axis as number, true));
