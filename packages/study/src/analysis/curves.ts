import { mean, studentMeanInterval } from '@dropout-lab/metrics';
import type { EpochRow } from '@dropout-lab/runs';

/** What a curve over epochs can show: Keras's four figures, and training minus validation accuracy. */
export type CurveFigure = 'loss' | 'accuracy' | 'val_loss' | 'val_accuracy' | 'generalization_gap';

/** One epoch of an arm's curve. */
export interface CurvePoint {
  /** From 1. */
  readonly epoch: number;
  /** Runs that have a finite figure at this epoch. */
  readonly runs: number;
  readonly mean: number;
  /** 95% confidence band of the mean over runs, by Student's t; of a single run there is none. */
  readonly band: { readonly lower: number; readonly upper: number } | undefined;
}

/** The figure of an epoch; undefined where the run has no validation images. */
export const figureAt = (row: EpochRow, figure: CurveFigure): number | undefined => {
  if (figure !== 'generalization_gap') return row[figure];
  const { accuracy, val_accuracy: validation } = row;
  return accuracy === undefined || validation === undefined ? undefined : accuracy - validation;
};

/**
 * An arm's curve: at each epoch the mean over its runs, one for each seed, with its 95% band. A run that
 * diverged or ended early counts as long as it has finite figures.
 *
 * @param histories The epochs of each run, as `readHistory` of @dropout-lab/runs gives.
 * @returns Epochs in order; without those at which no run has the figure.
 */
export const armCurve = (histories: readonly (readonly EpochRow[])[], figure: CurveFigure): CurvePoint[] => {
  const valuesAt = new Map<number, number[]>();
  for (const row of histories.flat()) {
    const value = figureAt(row, figure);
    if (value === undefined || !Number.isFinite(value)) continue;
    valuesAt.set(row.epoch, [...(valuesAt.get(row.epoch) ?? []), value]);
  }
  return [...valuesAt.entries()]
    .sort(([a], [b]) => a - b)
    .map(([epoch, values]) => ({
      epoch,
      runs: values.length,
      mean: mean(values),
      band: values.length > 1 ? studentMeanInterval(values) : undefined,
    }));
};
