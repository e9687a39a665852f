import {
  type AveragingConfig,
  averagingSchema,
  type DropoutScheduleConfig,
  dropoutScheduleSchema,
  type LearningRateScheduleConfig,
  type OptimizerConfig,
  type WeightGroup,
  weightGroupSchema,
} from '@dropout-lab/contracts';
import { z } from 'zod';
import { TrainingError } from '../errors.ts';
import type { TrainingConfig } from '../loop/training-config.ts';
import type { CustomOptimizer } from '../optimizers/define-optimizer.ts';
import { completeOptimizer } from '../optimizers/table.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { completeSchedule } from '../schedules/table.ts';
import { parseSettings } from './parse-settings.ts';

/** A configuration with all settings that have a default. */
export interface CompleteConfig extends TrainingConfig {
  readonly optimizer: OptimizerConfig | CustomOptimizer;
  readonly schedule: LearningRateScheduleConfig | Schedule;
  readonly weightGroups: readonly WeightGroup[];
  readonly averaging: AveragingConfig;
  readonly dropoutSchedule: DropoutScheduleConfig;
  readonly maxSteps: number | null;
}

/** Returns a configuration with all settings. @throws TrainingError naming the first that is out of range. */
export const completeConfig = (config: TrainingConfig): CompleteConfig => ({
  ...config,
  optimizer: completeOptimizer(config.optimizer),
  schedule: completeSchedule(config.schedule),
  weightGroups: parseSettings(z.array(weightGroupSchema), config.weightGroups ?? [], 'weightGroups'),
  dropoutSchedule: parseSettings(
    dropoutScheduleSchema,
    config.dropoutSchedule ?? { name: 'constant' },
    'dropoutSchedule',
  ),
  averaging: parseSettings(averagingSchema, config.averaging ?? { name: 'none' }, 'averaging'),
  maxSteps: requireSteps(config.maxSteps ?? null),
});

const requireSteps = (maxSteps: number | null): number | null => {
  if (maxSteps === null || (Number.isInteger(maxSteps) && maxSteps > 0)) return maxSteps;
  throw new TrainingError(`maxSteps: expected a whole number above 0, or null, found ${maxSteps}`);
};
