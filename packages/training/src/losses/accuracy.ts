import type { ClassIndices, Targets } from '@dropout-lab/contracts';
import { accuracy } from '@dropout-lab/metrics';
import * as tf from '@tensorflow/tfjs-core';
import type { Answers } from './definition.ts';
import { areClasses } from './targets.ts';

/** Which accuracy of Keras's there is of a model: none of regression, nor of several labels at once. */
export type AccuracyKind = 'categorical' | 'binary' | undefined;

/**
 * Keras's `accuracy` for a loss and its targets: the largest output is that of the class, or of the largest target where
 * a crossentropy is over classes that are mixed; of a single output of yes and no, whether it is on the right side of 1/2.
 */
export const accuracyKind = (loss: string, targets: Targets, units: number): AccuracyKind => {
  if (loss === 'binary_crossentropy' && units === 1) return 'binary';
  if (areClasses(targets, units) || (loss === 'categorical_crossentropy' && units > 1)) return 'categorical';
  return undefined;
};

/**
 * How many rows are answered right; of sequences, which share of their steps, summed over the rows.
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
