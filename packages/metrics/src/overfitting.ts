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

/** The fraction by which a validation loss must rise above its lowest value to be more than noise between epochs. */
const RISE = 0.05;
/** Epochs in the moving mean that smooths the noise of single epochs. */
const SMOOTHING = 5;

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
 * Returns the onset of overfitting: the epoch from which validation loss (the mean of each epoch and up to four
 * before) stays more than 5% above its lowest value, while training loss goes on falling.
 *
 * @returns Undefined when validation loss does not stay above it to the end, or rises together with training loss
 *   (a run that diverges does not overfit).
 */
export const overfittingOnset = (history: readonly EpochLosses[]): number | undefined => {
  const points = validationLosses(history);
  const smooth = points.map((_, i) =>
    mean(points.slice(Math.max(0, i - SMOOTHING + 1), i + 1).map(({ loss }) => loss)),
  );
  const lowest = Math.min(...smooth);
  const turn = smooth.indexOf(lowest);
  const onset = smooth.findLastIndex((loss) => loss <= lowest * (1 + RISE)) + 1;
  if (points.length === 0 || onset >= points.length) return undefined;
  return points.at(-1)!.trainingLoss < points[turn]!.trainingLoss ? points[onset]!.epoch : undefined;
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
