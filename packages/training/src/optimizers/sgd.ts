import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerConfigOf, UpdateRule } from './update-rule.ts';
import { withCoupledDecay, withWeightDecay } from './weight-decay.ts';

/** As `keras.optimizers.SGD`: `w -= learningRate * g`, or with momentum; the forms of PyTorch's `torch.optim.SGD` are settings. */
export const sgd = ({
  momentum,
  nesterov,
  momentumForm,
  weightDecay,
  weightDecayMode,
}: OptimizerConfigOf<'sgd'>): UpdateRule => {
  const rule = momentum === 0 ? plain : formsOfMomentum[momentumForm](momentum, nesterov);
  return decays[weightDecayMode](rule, weightDecay);
};

const decays = { decoupled: withWeightDecay, coupled: withCoupledDecay };

const plain: UpdateRule = {
  slots: [],
  at: (learningRate) => (variable, gradient) => tf.sub(variable, tf.mul(gradient, learningRate)),
};

/**
 * Keras's: the learning rate inside the velocity, so that a velocity keeps the rates of its steps:
 *
 *   velocity = momentum * velocity - learningRate * g
 *   w += nesterov ? momentum * velocity - learningRate * g : velocity
 */
const rateInVelocity = (momentum: number, nesterov: boolean): UpdateRule => ({
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

/**
 * PyTorch's (`torch.optim.SGD` with dampening 0), whose buffer knows no learning rate:
 *
 *   buffer = momentum * buffer + g
 *   w -= learningRate * (nesterov ? g + momentum * buffer : buffer)
 */
const rateOutsideVelocity = (momentum: number, nesterov: boolean): UpdateRule => ({
  // Another name than Keras's velocity, so that no checkpoint of one form is taken for the other's.
  slots: ['momentum_buffer'],
  at:
    (learningRate) =>
    (variable, gradient, [buffer]) => {
      buffer!.assign(tf.add(tf.mul(buffer!, momentum), gradient));
      const direction = nesterov ? tf.add(gradient, tf.mul(buffer!, momentum)) : buffer!;
      return tf.sub(variable, tf.mul(direction, learningRate));
    },
});

const formsOfMomentum = { keras: rateInVelocity, pytorch: rateOutsideVelocity };
