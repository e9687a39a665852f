import { type RunConfig, stepsPerEpochOf } from '@dropout-lab/contracts';
import { dropoutFactorAt } from '@dropout-lab/training';

/** Returns the factor of the dropout rates in the last of so many steps. */
export const dropoutFactorAfter = (steps: number, config: RunConfig): number => {
  const all = config.epochs * stepsPerEpochOf(config);
  const totalSteps = Math.min(all, config.maxSteps ?? all);
  return dropoutFactorAt(config.dropoutSchedule, Math.max(0, steps - 1), totalSteps);
};
