import type { ClassIndices } from '@dropout-lab/contracts';
import { MetricsError } from './errors.ts';
import { countLabelledRows, countRows, logSumExpOverTop, rankOf, topClass } from './rows.ts';

/**
 * Computes `softmax(x)_c = exp(x_c) / sum_k exp(x_k)` of each row, shifted by the row's largest logit so that no
 * exponential overflows.
 *
 * @param logits Shape [n, numClasses], row-major.
 * @returns Probabilities of the same shape; each row sums to 1, or is NaN where it has a NaN or its largest is infinite.
 * @throws MetricsError on no rows, or a length that is no multiple of `numClasses`.
 */
export const softmax = (logits: Float32Array, numClasses: number): Float32Array => {
  countRows(logits, numClasses);
  const probabilities = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += numClasses) {
    const top = topClass(logits, start, numClasses);
    const logSum = logSumExpOverTop(logits, start, numClasses, top);
    for (let c = start; c < start + numClasses; c++) {
      probabilities[c] = Math.exp(logits[c]! - logits[start + top]! - logSum);
    }
  }
  return probabilities;
};

/**
 * Computes the mean categorical crossentropy `log(sum_c exp(x_c)) - x_label` in nats, summed in float64: Keras's
 * `CategoricalCrossentropy(from_logits=True)`. Exact for all finite logits; nothing is clipped.
 *
 * @param logits Shape [n, numClasses], row-major.
 * @param labels Classes of shape [n], 0..numClasses-1.
 * @returns The mean, at least 0; NaN when a logit is.
 * @throws MetricsError on no rows, lengths that do not fit, or a label out of range.
 */
export const crossentropyFromLogits = (
  logits: Float32Array,
  labels: ClassIndices,
  numClasses: number,
): number => {
  const n = countLabelledRows(logits, labels, numClasses);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const start = i * numClasses;
    const top = topClass(logits, start, numClasses);
    const behindTop = logits[start + top]! - logits[start + labels[i]!]!;
    sum += behindTop + logSumExpOverTop(logits, start, numClasses, top);
  }
  return sum / n;
};

/**
 * Returns the class of each row's largest value; of equal values the first, as `tf.argMax` does. NaN is never the
 * largest; a row of NaN alone gives 0, as Keras's argmax does.
 *
 * @param values Logits or probabilities of shape [n, numClasses], row-major.
 * @returns Classes of shape [n]: bytes where there are at most 256 of them.
 * @throws MetricsError on no rows, or a length that is no multiple of `numClasses`.
 */
export const predictedClasses = (values: Float32Array, numClasses: number): ClassIndices => {
  const classes = new (numClasses > 256 ? Int32Array : Uint8Array)(countRows(values, numClasses));
  for (let i = 0; i < classes.length; i++) classes[i] = topClass(values, i * numClasses, numClasses);
  return classes;
};

/**
 * Returns the fraction of rows whose label is among the k largest values; of equal values the lower class comes first,
 * so that k = 1 is {@link accuracy} exactly. A row with a NaN counts as wrong.
 *
 * @param values Logits or probabilities of shape [n, numClasses], row-major.
 * @param labels Classes of shape [n], 0..numClasses-1.
 * @param k 1..numClasses.
 * @throws MetricsError on no rows, lengths that do not fit, a label or a k out of range.
 */
export const topKAccuracy = (
  values: Float32Array,
  labels: ClassIndices,
  numClasses: number,
  k: number,
): number => {
  const n = countLabelledRows(values, labels, numClasses);
  if (!Number.isInteger(k) || k < 1 || k > numClasses) {
    throw new MetricsError(`k: expected a whole number from 1 to ${numClasses}, received ${k}`);
  }
  let hits = 0;
  for (let i = 0; i < n; i++) {
    if (rankOf(labels[i]!, values, i * numClasses, numClasses) < k) hits++;
  }
  return hits / n;
};

/**
 * Returns the fraction of rows whose largest value is the label's. A row with a NaN counts as wrong, whatever its label;
 * Keras takes the largest of the other values, and counts a diverged model as right on every image of class 0.
 *
 * @param values Logits or probabilities of shape [n, numClasses], row-major.
 * @param labels Classes of shape [n], 0..numClasses-1.
 * @throws MetricsError on no rows, lengths that do not fit, or a label out of range.
 */
export const accuracy = (values: Float32Array, labels: ClassIndices, numClasses: number): number =>
  topKAccuracy(values, labels, numClasses, 1);
