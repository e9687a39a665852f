import type { Targets } from '@dropout-lab/contracts';
import type { HeadActivation } from '@dropout-lab/model';
import { TrainingError } from '../errors.ts';

/** A figure of the user's own, beside loss and accuracy: for each step, each epoch and, as `val_<name>`, each validation. */
export interface Metric {
  /** In events and logs; neither `loss`, `accuracy` nor `epoch`, nor beginning with `val_`. */
  readonly name: string;
  /**
   * The mean over some images. Over a whole epoch it is the mean of the batches', by their number of images.
   *
   * @param logits float32 [images, ..., units], row by row: what the model's last softmax or sigmoid is applied to; its
   *   outputs where it ends in neither.
   * @param labels Class indices, or numbers, as the batches have them.
   * @param numClasses Length of the last axis of the logits.
   * @param activation What the model does to the logits last: `softmax`, `sigmoid` or `linear`, nothing.
   */
  mean(logits: Float32Array, labels: Targets, numClasses: number, activation: HeadActivation): number;
}

const ownNames = /^(?:loss|accuracy|epoch|val_.*)$/;

/** @throws TrainingError when a metric would hide another. */
export const requireNewNames = (metrics: readonly Metric[]): readonly Metric[] => {
  if (metrics.some((metric) => typeof metric?.name !== 'string' || typeof metric.mean !== 'function')) {
    throw new TrainingError(
      'metrics: expected a name and a function mean of each, found one without: see Metric',
    );
  }
  const taken = metrics.find(
    ({ name }, i) => ownNames.test(name) || metrics.findIndex((other) => other.name === name) !== i,
  );
  if (taken === undefined) return metrics;
  throw new TrainingError(
    `metrics: expected names of their own, other than loss, accuracy, epoch and val_…, found ${taken.name}: rename it`,
  );
};

/**
 * Metrics of some images, each from copies, so that none changes what another is computed from.
 *
 * @throws TrainingError when one gives no number.
 */
export const measure = (
  metrics: readonly Metric[],
  logits: Float32Array,
  labels: Targets,
  numClasses: number,
  activation: HeadActivation,
): Record<string, number> =>
  Object.fromEntries(
    metrics.map((metric) => {
      const { name } = metric;
      const value: unknown = metric.mean(logits.slice(), labels.slice(), numClasses, activation);
      if (typeof value === 'number') return [name, value];
      throw new TrainingError(`metrics: ${name}: expected a number, found ${typeof value}: return the mean`);
    }),
  );
