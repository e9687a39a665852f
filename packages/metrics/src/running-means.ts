import type { TrainingProgress } from '@dropout-lab/contracts';

/** Sums over the images of an epoch so far; plain data, part of a checkpoint's progress. */
export type RunningTotals = TrainingProgress['running'];

/** The totals at the start of an epoch, before its first image. */
export const zeroTotals: Readonly<RunningTotals> = { lossSum: 0, count: 0 };

/**
 * Adds a batch to the totals. Its mean loss is weighted by its number of images, so that a short last batch counts
 * less, as in Keras's `Mean` metric.
 *
 * @param batch `loss`: mean over the batch, in nats; `correct` of its `count` images were classified right.
 */
export const addBatch = (
  totals: Readonly<RunningTotals>,
  batch: {
    readonly loss: number;
    /** Undefined where answers are not right or wrong, as in regression. */
    readonly correct: number | undefined;
    readonly count: number;
    /** Means over the batch of metrics of the user's own, by name. */
    readonly metrics?: Readonly<Record<string, number>>;
  },
): RunningTotals => {
  const metrics = Object.entries(batch.metrics ?? {}).map(([name, mean]) => {
    const { sum, count } = totals.metrics?.[name] ?? { sum: 0, count: 0 };
    return [name, { sum: sum + mean * batch.count, count: count + batch.count }] as const;
  });
  return {
    lossSum: totals.lossSum + batch.loss * batch.count,
    ...(batch.correct !== undefined && { correct: (totals.correct ?? 0) + batch.correct }),
    count: totals.count + batch.count,
    ...(metrics.length > 0 && { metrics: Object.fromEntries(metrics) }),
  };
};

/**
 * Returns the mean loss and accuracy (0..1) so far, as Keras's progress bar shows them. The accuracy is absent where
 * there is none; the loss is NaN before the first image.
 */
export const runningMeans = ({
  lossSum,
  correct,
  count,
}: Readonly<RunningTotals>): { loss: number; accuracy?: number } => ({
  loss: lossSum / count,
  ...(correct !== undefined && { accuracy: correct / count }),
});

/** Returns the means so far of metrics of the user's own, by name. */
export const runningMetrics = ({ metrics = {} }: Readonly<RunningTotals>): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).map(([name, { sum, count }]) => [name, sum / count]));
