import { type RunConfig, requireDataset } from '@dropout-lab/contracts';
import { modelSpecOf, requireBuildable } from '@dropout-lab/model';

/**
 * Refuses, before anything is fetched or written, a configuration that its data set cannot serve, or a model that cannot
 * be built.
 *
 * @throws ConfigError
 */
export const requireRunnable = (config: RunConfig): void => {
  requireDataset(config);
  requireBuildable(modelSpecOf(config));
};
