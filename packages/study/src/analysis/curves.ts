import { mean, studentMeanInterval } from '@dropout-lab/metrics';
import type { EpochRow } from '@dropout-lab/runs';
import { FEWEST_PAIRS } from './paired-difference.ts';

/** A quantity of a curve over epochs: Keras's four metrics, and training minus validation accuracy. */
export type CurveMetric = 'loss' | 'accuracy' | 'val_loss' | 'val_accuracy' | 'generalization_gap';

/** One epoch of an arm's curve. */
export interface CurvePoint {
  /** From 1. */
  readonly epoch: number;
  /** Runs that have a finite metric at this epoch. */
  readonly runs: number;
  readonly mean: number;
  /** 95% confidence band of the mean over runs, by Student's t; of fewer than 4 runs there is none, which would fill a chart. */
  readonly band: { readonly lower: number; readonly upper: number } | undefined;
}

/** The metric of an epoch; undefined where the run has no validation images. */
export const metricAt = (row: EpochRow, metric: CurveMetric): number | undefined => {
  if (metric !== 'generalization_gap') return row[metric];
  const { accuracy, val_accuracy: validation } = row;
  return accuracy === undefined || validation === undefined ? undefined : accuracy - validation;
};

/**
 * An arm's curve: at each epoch the mean over its runs, one for each seed, with its 95% band. A run that
 * diverged or ended early counts as long as it has finite metrics.
 *
 * @param histories The epochs of each run, as `readHistory` of @dropout-lab/runs gives.
 * @returns Epochs in order; without those at which no run has the metric.
 */
export const armCurve = (histories: readonly (readonly EpochRow[])[], metric: CurveMetric): CurvePoint[] => {
  const valuesAt = new Map<number, number[]>();
  for (const row of histories.flat()) {
    const value = metricAt(row, metric);
    if (value === undefined || !Number.isFinite(value)) continue;
    const values = valuesAt.get(row.epoch);
    if (values) values.push(value);
    else valuesAt.set(row.epoch, [value]);
  }
  return [...valuesAt.entries()]
    .sort(([a], [b]) => a - b)
    .map(([epoch, values]) => ({
      epoch,
      runs: values.length,
      mean: mean(values),
      band: values.length >= FEWEST_PAIRS ? studentMeanInterval(values) : undefined,
    }));
};
