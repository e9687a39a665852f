import * as tf from '@tensorflow/tfjs-core';
import type { UpdateRule } from './update-rule.ts';

/**
 * Returns a rule with decoupled weight decay (Loshchilov & Hutter 2019), as `weight_decay` of Keras's optimizers: before
 * the update, whose slots do not see it,
 *
 *   w -= w * weightDecay * learningRate
 */
export const withWeightDecay = (rule: UpdateRule, weightDecay: number): UpdateRule => {
  if (weightDecay === 0) return rule;
  return {
    slots: rule.slots,
    at: (learningRate, step) => {
      const update = rule.at(learningRate, step);
      return (variable, gradient, slots) => {
        const decay = tf.mul(tf.mul(variable, weightDecay), learningRate);
        return update(tf.sub(variable, decay), gradient, slots);
      };
    },
  };
};

/** Returns a rule whose gradient has the weight decay in it: `g + weightDecay * w`, as `weight_decay` of PyTorch's SGD. */
export const withCoupledDecay = (rule: UpdateRule, weightDecay: number): UpdateRule => {
  if (weightDecay === 0) return rule;
  return {
    slots: rule.slots,
    at: (learningRate, step) => {
      const update = rule.at(learningRate, step);
      return (variable, gradient, slots) =>
        update(variable, tf.add(gradient, tf.mul(variable, weightDecay)), slots);
    },
  };
};
