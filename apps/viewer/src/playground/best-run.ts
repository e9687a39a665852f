import { hasDropout } from '@dropout-lab/study';
import type { RunOverview } from '../shared/runs/catalogue.ts';

/** Returns the best of the runs that were trained with dropout, or of all where there is none. */
export const bestOf = (trained: readonly RunOverview[]): RunOverview | undefined => {
  const dropped = trained.filter(({ run }) => hasDropout(run.manifest.config.model));
  return [...(dropped.length > 0 ? dropped : trained)].sort(
    (a, b) => (b.checkpoint?.accuracy ?? 0) - (a.checkpoint?.accuracy ?? 0),
  )[0];
};
