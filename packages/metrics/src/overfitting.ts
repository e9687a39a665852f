import { mean, median } from './statistics/sample.ts';

/** The losses of an epoch; `EpochRow` of @dropout-lab/runs is one. */
export interface EpochLosses {
  /** Counted from 1. */
  readonly epoch: number;
  /** On the training images. */
  readonly loss: number;
  /** Undefined without validation images. */
  readonly val_loss?: number | undefined;
}

/** The epochs that are marked on a curve. */
export interface EpochMarks {
  /** The epoch of lowest validation loss; undefined without validation. */
  readonly lowestLossEpoch: number | undefined;
  /** The epoch from which a model overfits; undefined where it does not. */
  readonly onset: number | undefined;
}

/** The fraction of its lowest value by which a validation loss must have risen at the end. */
const RISE = 0.03;
/** The rise must also be so many times the noise between epochs: of flat, noisy losses, one in fifty rises as much. */
const NOISE = 2;
/** Epochs to either side in the moving mean; of long runs, one in fifty: the eye, too, goes by the width of the chart. */
const LEAST_REACH = 2;
const REACH = 1 / 50;
/** The mean of the last epochs says where a loss ends: of half of those since the lowest, but no fewer and no more. */
const FEWEST_LAST = 3;
const MOST_LAST = 5;

/** Says in one sentence what {@link overfittingOnset} looks for. */
export const OVERFITTING_RULE =
  'A run overfits from the epoch of its lowest validation loss (among those around the lowest mean of five epochs) if the loss never comes back to it, and ends more than 3% and twice its noise between epochs higher, while training loss falls.';

/** Returns the epoch of lowest validation loss, the first of equals; undefined without validation losses. */
export const lowestValidationLoss = (
  history: readonly EpochLosses[],
): { readonly epoch: number; readonly loss: number } | undefined => {
  const points = validationLosses(history);
  if (points.length === 0) return undefined;
  const { epoch, loss } = points.reduce((lowest, point) => (point.loss < lowest.loss ? point : lowest));
  return { epoch, loss };
};

/**
 * Returns the onset of overfitting: the epoch of lowest validation loss from which on it rises for good while training
 * loss goes on falling. That epoch is looked for where the moving mean (over five epochs, of more than 100 epochs over one
 * in 25) is lowest, so that a single lucky epoch is none.
 *
 * @returns Undefined where the last epochs' mean is not more than 3% above the lowest mean, or not more than twice the
 *   noise between epochs; where fewer than three epochs follow; and where training loss has not fallen since, as in a run
 *   that diverges.
 */
export const overfittingOnset = (history: readonly EpochLosses[]): number | undefined => {
  const points = validationLosses(history);
  const losses = points.map(({ loss }) => loss);
  const reach = Math.max(LEAST_REACH, Math.round(losses.length * REACH));
  const smooth = smoothed(losses, reach);
  const bottom = smooth.indexOf(Math.min(...smooth));
  const around = losses.slice(Math.max(0, bottom - reach), bottom + reach + 1);
  const turn = losses.indexOf(Math.min(...around), Math.max(0, bottom - reach));
  const following = losses.length - 1 - turn;
  if (!(following >= FEWEST_LAST)) return undefined;
  const last = Math.max(FEWEST_LAST, Math.min(MOST_LAST, Math.ceil(following / 2)));
  const rise = mean(losses.slice(-last)) - smooth[bottom]!;
  if (!(rise > RISE * smooth[bottom]! && rise > NOISE * noiseOf(losses))) return undefined;
  const training = points.map(({ trainingLoss }) => trainingLoss);
  return mean(training.slice(-last)) < training[turn]! ? points[turn]!.epoch : undefined;
};

/** Returns the mean of each value and those to either side, as far as there are any. */
const smoothed = (values: readonly number[], reach: number): number[] =>
  values.map((_, i) => mean(values.slice(Math.max(0, i - reach), i + reach + 1)));

/** Of a normal distribution, its standard deviation divided by the median of its absolute values. */
const DEVIATIONS_PER_MEDIAN = 1.4826;

/**
 * Returns the standard deviation of the noise between epochs, from second differences: those of a curve without noise are
 * small, however it falls and rises, and theirs of noise is the square root of six times as large.
 */
const noiseOf = (values: readonly number[]): number => {
  const bends = values.slice(2).map((value, i) => Math.abs(value - 2 * values[i + 1]! + values[i]!));
  return (DEVIATIONS_PER_MEDIAN * median(bends)) / Math.sqrt(6);
};

/**
 * Returns the marks of an arm: the medians of its runs' marks, rounded to whole epochs. A run that never overfits has no
 * onset: the arm has one when more than half of its runs do, and it is the median of those.
 *
 * @param runs One for each seed.
 */
export const medianMarks = (runs: readonly EpochMarks[]): EpochMarks => {
  const lowest = runs.flatMap(({ lowestLossEpoch }) => lowestLossEpoch ?? []);
  const onsets = runs.flatMap(({ onset }) => onset ?? []);
  return {
    lowestLossEpoch: lowest.length === 0 ? undefined : Math.round(median(lowest)),
    onset: onsets.length * 2 > runs.length ? Math.round(median(onsets)) : undefined,
  };
};

const validationLosses = (history: readonly EpochLosses[]) =>
  history.flatMap(({ epoch, loss, val_loss }) =>
    val_loss !== undefined && Number.isFinite(val_loss)
      ? [{ epoch, loss: val_loss, trainingLoss: loss }]
      : [],
  );
