import * as tf from '@tensorflow/tfjs-core';
import type { AveragingConfigOf, AveragingRule } from './averaging.ts';

/**
 * An exponential moving average of the weights that are trained, as `use_ema` of Keras's optimizers:
 *
 *   average = momentum * average + (1 - momentum) * w, and w itself after the first update
 *
 * As in Keras, the weights take its value when all epochs have ended: validation during training sees the weights
 * themselves. Moving statistics have no average.
 */
export const ema = ({ momentum, overwriteFrequency }: AveragingConfigOf<'ema'>): AveragingRule => ({
  of: 'trained',
  startsAsWeights: false,
  endsBeforeValidation: false,
  afterUpdate: ({ variable, average }, step) => {
    // In float32, as Keras: 1 - 0.99 differs from float64's.
    const kept = step === 0 ? 0 : Math.fround(momentum);
    average.assign(tf.add(tf.mul(average, kept), tf.mul(variable, Math.fround(1 - kept))));
    if (overwriteFrequency !== null && (step + 1) % overwriteFrequency === 0)
      variable.assign(tf.clone(average));
  },
});
