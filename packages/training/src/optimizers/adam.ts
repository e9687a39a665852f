import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerConfigOf, UpdateRule } from './update-rule.ts';

/**
 * Adam in the formulation just before section 2.1 of Kingma & Ba 2015, as `keras.optimizers.Adam`:
 *
 *   alpha = learningRate * sqrt(1 - beta2^t) / (1 - beta1^t)
 *   m += (g - m) * (1 - beta1)
 *   v += (g^2 - v) * (1 - beta2)
 *   w -= alpha * m / (sqrt(v) + epsilon)
 */
export const adam = ({
  beta1,
  beta2,
  epsilon,
}: Pick<OptimizerConfigOf<'adam'>, 'beta1' | 'beta2' | 'epsilon'>): UpdateRule => ({
  slots: ['m', 'v'],
  at: (learningRate, step) => {
    const alpha = biasCorrectedRate(learningRate, beta1, beta2, step + 1);
    return (variable, gradient, [m, v]) => {
      if (tf.getKernel(FUSED, tf.getBackend())) {
        const attrs = { alpha, beta1, beta2, epsilon };
        const updated = tf.engine().runKernel(FUSED, { variable, gradient, m: m!, v: v! }, attrs);
        const [newVariable, newM, newV] = updated as unknown as [tf.Tensor, tf.Tensor, tf.Tensor];
        m!.assign(newM);
        v!.assign(newV);
        return newVariable;
      }
      m!.assign(moveTowards(m!, gradient, 1 - beta1));
      v!.assign(moveTowards(v!, tf.square(gradient), 1 - beta2));
      const denominator = tf.add(tf.sqrt(v!), epsilon);
      return tf.sub(variable, tf.div(tf.mul(m!, alpha), denominator));
    };
  },
});

/** The kernel of an update in one pass, which the wasm backend has with `@dropout-lab/wasm-training`; its bits are the same. */
const FUSED = 'FusedAdam';

/** In float32 at every operation, as Keras: at the first step 1 - beta2 differs from float64's by 1.3e-5. */
const biasCorrectedRate = (learningRate: number, beta1: number, beta2: number, t: number): number => {
  const power = (beta: number): number => Math.fround(Math.fround(beta) ** t);
  const correction = Math.fround(Math.sqrt(Math.fround(1 - power(beta2))));
  return Math.fround(Math.fround(Math.fround(learningRate) * correction) / Math.fround(1 - power(beta1)));
};

/** average + (target - average) * fraction */
const moveTowards = (average: tf.Tensor, target: tf.Tensor, fraction: number): tf.Tensor =>
  tf.add(average, tf.mul(tf.sub(target, average), fraction));
