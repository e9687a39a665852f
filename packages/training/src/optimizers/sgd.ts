import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerConfigOf, UpdateRule } from './update-rule.ts';

/** As `keras.optimizers.SGD`: `w -= learningRate * g`, or with momentum, see {@link withMomentum}. */
export const sgd = ({ momentum, nesterov }: OptimizerConfigOf<'sgd'>): UpdateRule =>
  momentum > 0 ? withMomentum(momentum, nesterov) : plain;

const plain: UpdateRule = {
  slots: [],
  at: (learningRate) => (variable, gradient) => tf.sub(variable, tf.mul(gradient, learningRate)),
};

/**
 * The learning rate inside the velocity:
 *
 *   velocity = momentum * velocity - learningRate * g
 *   w += nesterov ? momentum * velocity - learningRate * g : velocity
 */
const withMomentum = (momentum: number, nesterov: boolean): UpdateRule => ({
  slots: ['velocity'],
  at:
    (learningRate) =>
    (variable, gradient, [velocity]) => {
      const descent = tf.mul(gradient, learningRate);
      velocity!.assign(tf.sub(tf.mul(velocity!, momentum), descent));
      const move = nesterov ? tf.sub(tf.mul(velocity!, momentum), descent) : velocity!;
      return tf.add(variable, move);
    },
});
