import type { Trace } from './trace.ts';

/** The largest difference between two series of numbers. */
export interface Difference {
  readonly absolute: number;
  /** A fraction of the reference's number; for weights, of the largest weight of the array. */
  readonly relative: number;
}

/** Returns the largest difference between the losses of the first steps. */
export const lossDifference = (reference: Trace, trace: Trace, steps: number): Difference =>
  largest(
    reference.losses.slice(0, steps).map((expected, step) => differenceOf([expected], [trace.losses[step]!])),
  );

/** Returns the largest difference between the gradient norms of the trained weights in the first steps. */
export const gradientNormDifference = (reference: Trace, trace: Trace, steps: number): Difference =>
  largest(
    reference.gradientNorms
      .slice(0, steps)
      .flatMap((norms, step) =>
        norms.map((expected, weight) => differenceOf([expected], [trace.gradientNorms[step]![weight]!])),
      ),
  );

/** Returns the largest difference between the weights at one of the moments at which they were saved. */
export const weightDifference = (reference: Trace, trace: Trace, moment: number): Difference =>
  largest(
    reference.weights[moment]!.map(({ values }, weight) =>
      differenceOf(values, trace.weights[moment]![weight]!.values),
    ),
  );

const differenceOf = (expected: ArrayLike<number>, found: ArrayLike<number>): Difference => {
  let [absolute, scale] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    absolute = Math.max(absolute, Math.abs(found[i]! - expected[i]!));
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return { absolute, relative: absolute === 0 ? 0 : absolute / scale };
};

/** Returns the largest absolute and the largest relative difference. */
export const largest = (differences: readonly Difference[]): Difference => ({
  absolute: Math.max(...differences.map(({ absolute }) => absolute)),
  relative: Math.max(...differences.map(({ relative }) => relative)),
});
