import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerConfigOf, UpdateRule } from './update-rule.ts';
import { withWeightDecay } from './weight-decay.ts';

/**
 * RMSprop (Hinton 2012), as `keras.optimizers.RMSprop`:
 *
 *   velocity = rho * velocity + (1 - rho) * g^2
 *   average_gradient = rho * average_gradient + (1 - rho) * g, where it is centered
 *   increment = learningRate * g / sqrt(velocity - average_gradient^2 + epsilon)
 *   w -= increment, or momentum = momentum * momentum + increment; w -= momentum
 */
export const rmsprop = (config: OptimizerConfigOf<'rmsprop'>): UpdateRule =>
  withWeightDecay(ruleOf(config), config.weightDecay);

const ruleOf = ({ rho, momentum, epsilon, centered }: OptimizerConfigOf<'rmsprop'>): UpdateRule => ({
  slots: ['velocity', ...(momentum > 0 ? ['momentum'] : []), ...(centered ? ['average_gradient'] : [])],
  at: (learningRate) => (variable, gradient, slots) => {
    const rest = [...slots];
    const velocity = rest.shift()!;
    const moving = momentum > 0 ? rest.shift() : undefined;
    const average = rest.shift();
    velocity.assign(mean(velocity, tf.square(gradient), rho));
    average?.assign(mean(average, gradient, rho));
    const variance = average ? tf.sub(velocity, tf.square(average)) : velocity;
    const increment = tf.div(tf.mul(gradient, learningRate), tf.sqrt(tf.add(variance, epsilon)));
    if (moving === undefined) return tf.sub(variable, increment);
    moving.assign(tf.add(tf.mul(moving, momentum), increment));
    return tf.sub(variable, moving);
  },
});

const mean = (before: tf.Tensor, value: tf.Tensor, kept: number): tf.Tensor =>
  tf.add(tf.mul(before, kept), tf.mul(value, 1 - kept));
