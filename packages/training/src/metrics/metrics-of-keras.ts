import type { Targets } from '@dropout-lab/contracts';
import { topKAccuracy } from '@dropout-lab/metrics';
import { TrainingError } from '../errors.ts';
import { meanAbsoluteError as absoluteLoss } from '../losses/mean-absolute-error.ts';
import { meanSquaredError as squaredLoss } from '../losses/mean-squared-error.ts';
import { areClasses, targetAt } from '../losses/targets.ts';
import type { Metric } from './metric.ts';

/** `keras.metrics.MeanSquaredError`: of the outputs, class indices as one-hot rows. */
export const meanSquaredError: Metric = {
  name: 'mean_squared_error',
  mean: (logits, targets, units, activation) =>
    squaredLoss().mean({ logits, targets, units, activation, rows: rowsOf(logits, targets, units) }),
};

/** `keras.metrics.MeanAbsoluteError`: of the outputs, class indices as one-hot rows. */
export const meanAbsoluteError: Metric = {
  name: 'mean_absolute_error',
  mean: (logits, targets, units, activation) =>
    absoluteLoss().mean({ logits, targets, units, activation, rows: rowsOf(logits, targets, units) }),
};

/** `keras.metrics.BinaryAccuracy`: the fraction of the outputs behind a sigmoid that are on the target's side of 1/2. */
export const binaryAccuracy: Metric = {
  name: 'binary_accuracy',
  mean: (logits, targets, units, activation) => {
    if (activation === 'softmax') {
      throw new TrainingError(
        'metrics: binary_accuracy: expected a model that ends in a sigmoid, or in no activation, found a softmax: watch accuracy',
      );
    }
    const target = targetAt({ targets, units });
    return logits.reduce((sum, logit, i) => sum + Number(logit > 0 === target(i) > 0.5), 0) / logits.length;
  },
};

/**
 * `keras.metrics.SparseTopKCategoricalAccuracy`: the fraction of the rows whose class is among the `k` largest outputs;
 * of equal outputs the lower class comes first.
 *
 * @param k From 1 to the number of classes; 5 when left out, as in Keras.
 */
export const topKCategoricalAccuracy = (k = 5): Metric => ({
  name: 'top_k_categorical_accuracy',
  mean: (logits, targets, units) => {
    if (areClasses(targets, units)) return topKAccuracy(logits, targets as Int32Array, units, k);
    throw new TrainingError(
      'metrics: top_k_categorical_accuracy: expected class indices as labels, found numbers: watch another metric',
    );
  },
});

/** Steps of sequences count as rows where targets are classes: all sequences are equally long, so the mean is the same. */
const rowsOf = (logits: Float32Array, targets: Targets, units: number): number =>
  areClasses(targets, units) ? targets.length : logits.length / units;
