import { type RunConfig, requireDataset } from '@dropout-lab/contracts';
import { requireTrainable } from '@dropout-lab/model';

/**
 * Refuses, before anything is fetched or written, a configuration that its data set cannot serve, or a model that cannot
 * be built or is too large for its batches.
 *
 * @throws ConfigError
 */
export const requireRunnable = (config: RunConfig): void => {
  requireDataset(config);
  requireTrainable(config);
};
