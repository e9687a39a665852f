import * as tf from '@tensorflow/tfjs-core';
import type { AveragingConfigOf, AveragingRule } from './averaging.ts';

/**
 * Lookahead (Zhang et al. 2019): every `period` steps slow weights move towards the weights, which take their value,
 *
 *   slow = d * slow + (1 - d) * w,   w = slow,   d = decay * (t / T)^power
 *
 * after t of T updates. Slow weights begin as the initial weights; moving statistics have them too. After the last update
 * the weights take their value, whether a period ends there or not, so that validation sees it.
 */
export const lookahead = ({ period, decay, power }: AveragingConfigOf<'lookahead'>): AveragingRule => ({
  of: 'all',
  startsAsWeights: true,
  endsBeforeValidation: true,
  afterConstraints: ({ variable, average }, step, totalSteps) => {
    const steps = step + 1;
    if (steps % period !== 0) return;
    const share = decay * (steps / totalSteps) ** power;
    average.assign(between(average, variable, share));
    variable.assign(tf.clone(average));
  },
});

/** share * slow + (1 - share) * fast; exactly both where they are equal, so that frozen weights stay as they are. */
const between = (slow: tf.Tensor, fast: tf.Tensor, share: number): tf.Tensor =>
  share > 0.5
    ? tf.add(slow, tf.mul(tf.sub(fast, slow), 1 - share))
    : tf.sub(fast, tf.mul(tf.sub(fast, slow), share));
