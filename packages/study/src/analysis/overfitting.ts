import type { EpochRow } from '@dropout-lab/runs';

/** How much a validation loss must rise above its lowest, 5%, to be more than the noise of epochs. */
const RISE = 0.05;
/** Epochs in the moving mean that takes the noise of single epochs out. */
const SMOOTHING = 5;

/** The epoch of lowest validation loss, the first of equals; undefined without validation figures. */
export const lowestValidationLoss = (
  history: readonly EpochRow[],
): { readonly epoch: number; readonly loss: number } | undefined => {
  const points = validationLosses(history);
  if (points.length === 0) return undefined;
  const { epoch, loss } = points.reduce((lowest, point) => (point.loss < lowest.loss ? point : lowest));
  return { epoch, loss };
};

/**
 * The epoch at which overfitting has set in: from there to the end, validation loss (the mean of each epoch
 * and up to four before) stays more than 5% above its lowest, while training loss has fallen on.
 *
 * @returns Undefined when validation loss does not rise for good, or rises together with training loss (a run
 *   that diverges does not overfit).
 */
export const overfittingOnset = (history: readonly EpochRow[]): number | undefined => {
  const points = validationLosses(history);
  const smooth = points.map((_, i) => {
    const window = points.slice(Math.max(0, i - SMOOTHING + 1), i + 1);
    return window.reduce((sum, { loss }) => sum + loss, 0) / window.length;
  });
  const lowest = Math.min(...smooth);
  const turn = smooth.indexOf(lowest);
  const onset = smooth.findLastIndex((loss) => loss <= lowest * (1 + RISE)) + 1;
  if (points.length === 0 || onset >= points.length) return undefined;
  return points.at(-1)!.trainingLoss < points[turn]!.trainingLoss ? points[onset]!.epoch : undefined;
};

const validationLosses = (history: readonly EpochRow[]) =>
  history.flatMap(({ epoch, loss, val_loss }) =>
    val_loss !== undefined && Number.isFinite(val_loss)
      ? [{ epoch, loss: val_loss, trainingLoss: loss }]
      : [],
  );
