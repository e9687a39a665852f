import {
  type LearningRateScheduleConfig,
  type LearningRateScheduleInput,
  type ScheduleName,
  scheduleSchema,
} from '@dropout-lab/contracts';
import { parseSettings } from '../checks/parse-settings.ts';
import { TrainingError } from '../errors.ts';
import { constant } from './constant.ts';
import { cosineDecay } from './cosine-decay.ts';
import { exponentialDecay } from './exponential-decay.ts';
import { oneCycle } from './one-cycle.ts';
import { piecewiseConstant } from './piecewise-constant.ts';
import { polynomialDecay } from './polynomial-decay.ts';
import type { Schedule, ScheduleConfigOf } from './schedule.ts';

const scheduleTable = {
  constant,
  exponential_decay: exponentialDecay,
  cosine_decay: cosineDecay,
  polynomial_decay: polynomialDecay,
  piecewise_constant: piecewiseConstant,
  one_cycle: oneCycle,
} satisfies { readonly [Name in ScheduleName]: (config: ScheduleConfigOf<Name>) => Schedule };

/**
 * Returns the learning rate of an update, as `keras.optimizers.schedules` computes it, or as a function of the user's own does.
 *
 * @param schedule Settings that are left out are the defaults.
 * @param initial The optimizer's learning rate.
 * @param step Updates made before this one, from 0.
 * @throws TrainingError when there is no such schedule, or a setting is out of range.
 */
export const learningRateAt = (
  schedule: LearningRateScheduleInput | Schedule,
  initial: number,
  step: number,
): number => {
  if (typeof schedule === 'function') return schedule(initial, step);
  if (!Object.hasOwn(scheduleTable, schedule?.name ?? '')) {
    throw new TrainingError(
      `schedule: expected the settings of one of ${Object.keys(scheduleTable).join(', ')}, or a function, found ${String(schedule?.name ?? schedule)}`,
    );
  }
  const complete = parseSettings(scheduleSchema, schedule, 'schedule');
  const create = scheduleTable[complete.name] as (config: LearningRateScheduleConfig) => Schedule;
  return create(complete)(initial, step);
};
