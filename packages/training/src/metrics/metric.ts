import type { Targets } from '@dropout-lab/contracts';
import type { HeadActivation } from '@dropout-lab/model';
import { TrainingError } from '../errors.ts';

/** A metric of the user's own, besides loss and accuracy: of each step, each epoch and, as `val_<name>`, each validation. */
export interface Metric {
  /** The name in events and logs; neither `loss`, `accuracy` nor `epoch`, nor beginning with `val_`. */
  readonly name: string;
  /**
   * Returns the mean over some images. That of an epoch is the mean of the batches', weighted by their number of images.
   *
   * @param logits float32 [images, ..., units], row by row: the inputs of the model's last softmax or sigmoid, or its
   *   outputs where it has neither.
   * @param labels Class indices, or numbers, as the batches have them.
   * @param numClasses Length of the last axis of the logits.
   * @param activation The model's last activation, which is applied to the logits: `softmax`, `sigmoid` or, for none, `linear`.
   */
  mean(logits: Float32Array, labels: Targets, numClasses: number, activation: HeadActivation): number;
}

const ownNames = /^(?:loss|accuracy|epoch|val_.*)$/;

/** @throws TrainingError when a metric has the name of another. */
export const requireNewNames = (metrics: readonly Metric[]): readonly Metric[] => {
  if (metrics.some((metric) => typeof metric?.name !== 'string' || typeof metric.mean !== 'function')) {
    throw new TrainingError(
      'metrics: expected every metric to have a name and a function mean, found one without: see Metric',
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
 * Computes metrics of some images, each from copies, so that none can change the inputs of another.
 *
 * @throws TrainingError when one returns no number.
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
