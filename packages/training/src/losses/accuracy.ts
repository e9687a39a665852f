import type { ClassIndices, Targets } from '@dropout-lab/contracts';
import { accuracy } from '@dropout-lab/metrics';
import * as tf from '@tensorflow/tfjs-core';
import type { Answers } from './loss.ts';
import { areClasses } from './targets.ts';

/** Which of Keras's accuracies a model has: regression has none, nor do several labels at once. */
export type AccuracyKind = 'categorical' | 'binary' | undefined;

/**
 * Returns which of Keras's accuracies belongs to a loss and its targets. Categorical: the largest output is that of the
 * class, or of the largest target where targets mix classes. Binary, of a single output: it is on the target's side of 1/2.
 */
export const accuracyKind = (loss: string, targets: Targets, units: number): AccuracyKind => {
  if (loss === 'binary_crossentropy' && units === 1) return 'binary';
  if (areClasses(targets, units) || (loss === 'categorical_crossentropy' && units > 1)) return 'categorical';
  return undefined;
};

/**
 * Returns the number of correct rows; for sequences the fraction of correct steps, summed over the rows.
 *
 * @param targets float32 in the shape of the logits.
 */
export const correctRows = (
  kind: NonNullable<AccuracyKind>,
  targets: tf.Tensor,
  logits: tf.Tensor,
): tf.Tensor => {
  const right =
    kind === 'binary'
      ? tf.equal(tf.greater(logits, 0), tf.greater(targets, 0.5))
      : tf.equal(tf.argMax(logits, -1), tf.argMax(targets, -1));
  const steps = right.size / logits.shape[0]!;
  return tf.div(tf.sum(right), steps);
};

/** The same of numbers outside TensorFlow, as a mean over the rows. */
export const meanAccuracy = (
  kind: NonNullable<AccuracyKind>,
  { logits, targets, units }: Answers,
): number => {
  if (kind === 'binary') {
    const right = logits.reduce((sum, logit, i) => sum + Number(logit > 0 === targets[i]! > 0.5), 0);
    return right / logits.length;
  }
  const classes = areClasses(targets, units) ? targets : largestOf(targets as Float32Array, units);
  return accuracy(logits, classes as ClassIndices, units);
};

const largestOf = (targets: Float32Array, units: number): Int32Array =>
  Int32Array.from({ length: targets.length / units }, (_, row) => {
    const values = targets.subarray(row * units, (row + 1) * units);
    return values.indexOf(Math.max(...values));
  });
