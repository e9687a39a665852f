import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';
import type { Loss, LossConfigOf } from './loss.ts';

/**
 * `keras.losses.Huber` (Huber 1964): of an error `e` it is `e^2 / 2` where `|e| <= delta`, and `delta |e| - delta^2 / 2`
 * beyond, a line of the same slope.
 */
export const huber = ({ delta }: LossConfigOf<'huber'>): Loss =>
  elementwise({
    name: 'huber',
    ofTensors: (targets, outputs) => huberOf(tf.sub(outputs, targets), delta),
    ofNumbers: (target, output) => {
      const error = Math.abs(output - target);
      return error <= delta ? error ** 2 / 2 : delta * error - delta ** 2 / 2;
    },
  });

/** Its gradient is the error, clipped to `delta`; in the gradients of its terms, small errors would be lost. */
const huberOf = (error: tf.Tensor, delta: number): tf.Tensor => {
  const compute = tf.customGrad((x, save) => {
    const error = x as tf.Tensor;
    (save as (tensors: tf.Tensor[]) => void)([error]);
    const size = tf.abs(error);
    const within = tf.minimum(size, delta);
    return {
      value: tf.add(tf.mul(tf.square(within), 0.5), tf.mul(tf.sub(size, within), delta)),
      gradFunc: (slope: tf.Tensor, saved: tf.Tensor[]) =>
        tf.mul(slope, tf.clipByValue(saved[0]!, -delta, delta)),
    };
  });
  return compute(error);
};
