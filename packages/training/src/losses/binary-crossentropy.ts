import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';
import { smoothedTarget, smoothedTargets } from './label-smoothing.ts';
import type { Loss, LossConfigOf } from './loss.ts';

/**
 * `keras.losses.BinaryCrossentropy`: `-(t log p + (1 - t) log(1 - p))` of each output, for targets
 * `t * (1 - labelSmoothing) + labelSmoothing / 2`; computed from logits `x`, exact for any:
 * `max(x, 0) - x t + log(1 + exp(-|x|))`. Behind a softmax Keras takes its logits for those of a sigmoid; that is refused.
 */
export const binaryCrossentropy = ({ labelSmoothing }: LossConfigOf<'binary_crossentropy'>): Loss => {
  const ofLogits = elementwise({
    name: 'binary_crossentropy',
    ofTensors: (targets, logits) => crossentropyOfLogits(logits, smoothedTargets(targets, labelSmoothing, 2)),
    ofNumbers: (target, logit) =>
      Math.max(logit, 0) -
      logit * smoothedTarget(target, labelSmoothing, 2) +
      Math.log1p(Math.exp(-Math.abs(logit))),
  });

  return {
    name: 'binary_crossentropy',
    misfit: ({ activation, kind }) =>
      activation === 'sigmoid' || kind === 'Dense linear'
        ? undefined
        : 'a model that ends in a sigmoid, or in a Dense layer without activation',
    sum: (targets, logits, _, weights) => ofLogits.sum(targets, logits, 'linear', weights),
    mean: (answers) => ofLogits.mean({ ...answers, activation: 'linear' }),
  };
};

/** Its gradient is `sigmoid(x) - t`; at 0 the gradients of its terms would not add up to that. */
const crossentropyOfLogits = tf.customGrad((x, t, save) => {
  const [logits, targets] = [x as tf.Tensor, t as tf.Tensor];
  (save as (tensors: tf.Tensor[]) => void)([logits, targets]);
  const tail = tf.log1p(tf.exp(tf.neg(tf.abs(logits))));
  return {
    value: tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tail),
    gradFunc: (slope: tf.Tensor, saved: tf.Tensor[]) => [
      tf.mul(slope, tf.sub(tf.sigmoid(saved[0]!), saved[1]!)),
      tf.mul(slope, tf.neg(saved[0]!)),
    ],
  };
}) as (logits: tf.Tensor, targets: tf.Tensor) => tf.Tensor;
