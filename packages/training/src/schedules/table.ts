import {
  type LearningRateScheduleConfig,
  type LearningRateScheduleInput,
  type ScheduleName,
  scheduleSchema,
  spansTraining,
} from '@dropout-lab/contracts';
import { parseSettings } from '../checks/parse-settings.ts';
import { TrainingError } from '../errors.ts';
import { constant } from './constant.ts';
import { cosineDecay } from './cosine-decay.ts';
import { exponentialDecay } from './exponential-decay.ts';
import { oneCycle } from './one-cycle.ts';
import { piecewiseConstant } from './piecewise-constant.ts';
import { polynomialDecay } from './polynomial-decay.ts';
import type { BuiltInSchedule, Schedule, ScheduleConfigOf } from './schedule.ts';

const scheduleTable = {
  constant,
  exponential_decay: exponentialDecay,
  cosine_decay: cosineDecay,
  polynomial_decay: polynomialDecay,
  piecewise_constant: piecewiseConstant,
  one_cycle: oneCycle,
} satisfies { readonly [Name in ScheduleName]: (config: ScheduleConfigOf<Name>) => BuiltInSchedule };

/** Returns a schedule with all its settings. @throws TrainingError naming the first that is out of range. */
export const completeSchedule = (
  schedule: LearningRateScheduleInput | Schedule,
): LearningRateScheduleConfig | Schedule => {
  if (typeof schedule === 'function') return schedule;
  if (!Object.hasOwn(scheduleTable, schedule?.name ?? '')) {
    throw new TrainingError(
      `schedule: expected the settings of one of ${Object.keys(scheduleTable).join(', ')}, or a function, found ${String(schedule?.name ?? schedule)}`,
    );
  }
  return parseSettings(scheduleSchema, schedule, 'schedule');
};

/**
 * Returns the learning rate of an update, as `keras.optimizers.schedules` computes it, or as a function of the user's own does.
 *
 * @param schedule Settings that are left out are the defaults.
 * @param initial The optimizer's learning rate.
 * @param step Updates made before this one, from 0.
 * @param totalSteps Updates of the whole training, which a schedule over all of it needs.
 * @throws TrainingError when there is no such schedule, or a setting is out of range.
 */
export const learningRateAt = (
  schedule: LearningRateScheduleInput | Schedule,
  initial: number,
  step: number,
  totalSteps?: number,
): number => scheduledRate(completeSchedule(schedule), initial, step, totalSteps);

/** Returns what {@link learningRateAt} does, of a schedule that has all its settings. */
export const scheduledRate = (
  complete: LearningRateScheduleConfig | Schedule,
  initial: number,
  step: number,
  totalSteps?: number,
): number => {
  if (typeof complete === 'function') return complete(initial, step);
  if (totalSteps === undefined && spansTraining(complete)) {
    throw new TrainingError(
      `schedule: expected the steps of the whole training, over which ${complete.name} goes, found none: pass totalSteps, or give the schedule its own`,
    );
  }
  const create = scheduleTable[complete.name] as (config: LearningRateScheduleConfig) => BuiltInSchedule;
  return create(complete)(initial, step, totalSteps ?? Number.NaN);
};
