import * as tf from '@tensorflow/tfjs-core';
import { adam } from './adam.ts';
import type { OptimizerConfigOf, UpdateRule } from './update-rule.ts';

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019), as `keras.optimizers.AdamW`: before the update of
 * {@link adam}, whose moments do not see it,
 *
 *   w -= w * weightDecay * learningRate
 */
export const adamw = ({ weightDecay, ...settings }: Omit<OptimizerConfigOf<'adamw'>, 'name'>): UpdateRule => {
  const { slots, at } = adam(settings);
  return {
    slots,
    at: (learningRate, step) => {
      const update = at(learningRate, step);
      return (variable, gradient, moments) => {
        const decay = tf.mul(tf.mul(variable, weightDecay), learningRate);
        return update(tf.sub(variable, decay), gradient, moments);
      };
    },
  };
};
