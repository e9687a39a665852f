import { type RunConfig, runConfigIdentity } from '@dropout-lab/contracts';
import { sha256Sync } from '@dropout-lab/files';

/**
 * Returns the SHA-256, in hexadecimal, of a configuration's identity: the settings that differ from the defaults of its version. A
 * setting that is added with a default changes no digest.
 */
export const configDigest = (config: RunConfig): string => sha256Sync(runConfigIdentity(config));

/**
 * Returns a name for a run's directory that sorts by time and differs between configurations:
 * `2026-11-24T03-10-00-a1b2c3`, UTC and the first digits of the SHA-256 of the configuration. The same date and
 * configuration give the same name; `createNumberedRunDirectory` of `@dropout-lab/runs/node` keeps two such runs apart.
 *
 * @param config A parsed configuration.
 */
export const newRunId = (date: Date, config: RunConfig): string => {
  const time = date.toISOString().slice(0, 19).replaceAll(':', '-');
  const digest = configDigest(config).slice(0, 6);
  return `${time}-${digest}`;
};
