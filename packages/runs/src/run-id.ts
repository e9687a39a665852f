import type { RunConfig } from '@dropout-lab/contracts';
import { digestOf } from './digest.ts';

/**
 * A name for a run's directory that sorts by time and tells configurations apart:
 * `2026-11-24T03-10-00-a1b2c3`, UTC and the first digits of the SHA-256 of the configuration. The same date and
 * configuration give the same name; `createNumberedRunDirectory` of `@dropout-lab/runs/node` keeps two such runs apart.
 *
 * @param config A parsed configuration, whose keys are in their fixed order.
 */
export const newRunId = (date: Date, config: RunConfig): string => {
  const time = date.toISOString().slice(0, 19).replaceAll(':', '-');
  const digest = digestOf(JSON.stringify(config)).slice(0, 6);
  return `${time}-${digest}`;
};
