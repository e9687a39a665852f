import type { BuiltInSchedule, ScheduleConfigOf } from './schedule.ts';

/** `initial * decayRate ^ (step / decaySteps)`, as `keras.optimizers.schedules.ExponentialDecay`. */
export const exponentialDecay =
  ({ decaySteps, decayRate, staircase }: ScheduleConfigOf<'exponential_decay'>): BuiltInSchedule =>
  (initial, step) => {
    const exponent = step / decaySteps;
    return initial * decayRate ** (staircase ? Math.floor(exponent) : exponent);
  };
