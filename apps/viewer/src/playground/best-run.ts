import type { RunOverview } from '../shared/runs/catalogue.ts';

/**
 * Returns the dropout rates in a model's description, whatever its preset. The thread that opens a model knows the rates of
 * its layers, but TensorFlow.js is not loaded just to choose one.
 */
const ratesIn = (part: unknown): number[] => {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === 'rate' && typeof value === 'number' ? [value] : ratesIn(value),
  );
};

/** Returns the best of the runs that were trained with dropout, or of all where there is none. */
export const bestOf = (trained: readonly RunOverview[]): RunOverview | undefined => {
  const dropped = trained.filter(({ run }) => ratesIn(run.manifest.config.model).some((rate) => rate > 0));
  return [...(dropped.length > 0 ? dropped : trained)].sort(
    (a, b) => (b.checkpoint?.accuracy ?? 0) - (a.checkpoint?.accuracy ?? 0),
  )[0];
};
