import { crossentropyFromLogits } from '@dropout-lab/metrics';
import * as tf from '@tensorflow/tfjs-core';
import type { Loss, LossConfigOf } from './definition.ts';

/**
 * `keras.losses.CategoricalCrossentropy`, from logits, for targets `oneHot * (1 - labelSmoothing) + labelSmoothing /
 * classes` (Szegedy et al. 2016, section 7). To the last digits at logits of any size: they are shifted before, not after,
 * the logarithm.
 */
export const categoricalCrossentropy = ({
  labelSmoothing,
}: LossConfigOf<'categorical_crossentropy'>): Loss => ({
  sum: (oneHot, logits) =>
    tf.losses.softmaxCrossEntropy(oneHot, belowZero(logits), undefined, labelSmoothing, tf.Reduction.SUM),
  mean: (logits, labels, numClasses) => {
    const crossentropy = crossentropyFromLogits(logits, labels, numClasses);
    if (labelSmoothing === 0) return crossentropy;
    // What a target that is spread over all classes adds: log-sum-exp less the mean logit, in place of the label's.
    const aboveMean = labels.reduce(
      (sum, label, row) =>
        sum + aboveMeanOf(logits.subarray(row * numClasses, (row + 1) * numClasses), label),
      0,
    );
    return crossentropy + (labelSmoothing * aboveMean) / labels.length;
  },
});

const aboveMeanOf = (row: Float32Array, label: number): number =>
  row[label]! - row.reduce((sum, logit) => sum + logit, 0) / row.length;

/** Each row less its largest element. A crossentropy does not change by it, so the gradient passes as it is. */
const belowZero = tf.customGrad((logits) => ({
  value: tf.sub(logits as tf.Tensor, tf.max(logits as tf.Tensor, -1, true)),
  gradFunc: (slope: tf.Tensor) => slope,
})) as (logits: tf.Tensor) => tf.Tensor;
