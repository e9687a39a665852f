import { type Summary, shownCheckpoint } from '../shared/runs/summary.ts';

/** Validation accuracy of the model that is shown, where it is known. */
export const accuracyOf = (summary: Summary): number | undefined =>
  shownCheckpoint(summary)?.row?.val_accuracy;

/**
 * The dropout rates that a model is described with, whatever its preset: what the built model does is said by the thread
 * that opens it, and TensorFlow.js is not loaded to choose one.
 */
const ratesIn = (part: unknown): number[] => {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === 'rate' && typeof value === 'number' ? [value] : ratesIn(value),
  );
};

/** The best of those that were trained with dropout, else of all. */
export const bestOf = (trained: readonly Summary[]): Summary | undefined => {
  const dropped = trained.filter(({ run }) => ratesIn(run.manifest.config.model).some((rate) => rate > 0));
  return [...(dropped.length > 0 ? dropped : trained)].sort(
    (a, b) => (accuracyOf(b) ?? 0) - (accuracyOf(a) ?? 0),
  )[0];
};
