import type { ClassIndices } from '@dropout-lab/contracts';
import { crossentropyFromLogits } from '@dropout-lab/metrics';
import * as tf from '@tensorflow/tfjs-core';
import { smoothedTarget } from './label-smoothing.ts';
import type { Loss, LossConfigOf } from './loss.ts';
import { areClasses, meanOverRows, targetAt } from './targets.ts';

/**
 * `keras.losses.CategoricalCrossentropy`, from logits, for targets `target * (1 - labelSmoothing) + labelSmoothing /
 * classes` (Szegedy et al. 2016, section 7). It is exact for logits of any size: they are shifted before the logarithm, not
 * after.
 */
export const categoricalCrossentropy = ({
  labelSmoothing,
}: LossConfigOf<'categorical_crossentropy'>): Loss => ({
  name: 'categorical_crossentropy',
  misfit: ({ activation, kind }) =>
    activation === 'softmax' || kind === 'Dense linear'
      ? undefined
      : 'a model that ends in a softmax over classes, or in a Dense layer without activation',
  sum: (targets, logits, _, weights) => {
    const steps = logits.size / logits.shape[0]! / logits.shape.at(-1)!;
    const ofSteps =
      weights && tf.reshape(weights, [logits.shape[0]!, ...logits.shape.slice(1, -1).map(() => 1)]);
    const sum = tf.losses.softmaxCrossEntropy(
      targets,
      belowZero(logits),
      ofSteps && tf.tile(ofSteps, [1, ...logits.shape.slice(1, -1)]),
      labelSmoothing,
      tf.Reduction.SUM,
    );
    return steps === 1 ? sum : tf.div(sum, steps);
  },
  mean: (answers) => {
    const { logits, units, targets, weights } = answers;
    if (areClasses(targets, units) && labelSmoothing === 0 && !weights) {
      return crossentropyFromLogits(logits, targets as ClassIndices, units);
    }
    const target = targetAt(answers);
    return meanOverRows(answers, (start) => {
      const row = logits.subarray(start, start + units);
      const largest = row.reduce((a, b) => Math.max(a, b));
      const logSum = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
      return row.reduce((loss, logit, i) => {
        const wanted = smoothedTarget(target(start + i), labelSmoothing, units);
        // 0 times the infinite loss of a logit of -Infinity would be NaN.
        return wanted === 0 ? loss : loss + wanted * (logSum + (largest - logit));
      }, 0);
    });
  },
});

/** Each row minus its largest element. It does not change a crossentropy, so the gradient passes unchanged. */
const belowZero = tf.customGrad((logits) => ({
  value: tf.sub(logits as tf.Tensor, tf.max(logits as tf.Tensor, -1, true)),
  gradFunc: (slope: tf.Tensor) => slope,
})) as (logits: tf.Tensor) => tf.Tensor;
