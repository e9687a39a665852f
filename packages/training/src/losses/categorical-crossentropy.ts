import { crossentropyFromLogits } from '@dropout-lab/metrics';
import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from './definition.ts';

/**
 * `keras.losses.CategoricalCrossentropy`, from logits. To the last digits at logits of any size: they are shifted before,
 * not after, the logarithm.
 */
export const categoricalCrossentropy = (): Loss => ({
  sum: (oneHot, logits) =>
    tf.losses.softmaxCrossEntropy(oneHot, belowZero(logits), undefined, 0, tf.Reduction.SUM),
  mean: (logits, labels, numClasses) => crossentropyFromLogits(logits, labels, numClasses),
});

/** Each row less its largest element. A crossentropy does not change by it, so the gradient passes as it is. */
const belowZero = tf.customGrad((logits) => ({
  value: tf.sub(logits as tf.Tensor, tf.max(logits as tf.Tensor, -1, true)),
  gradFunc: (slope: tf.Tensor) => slope,
})) as (logits: tf.Tensor) => tf.Tensor;
