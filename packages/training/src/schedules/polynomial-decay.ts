import type { BuiltInSchedule, ScheduleConfigOf } from './schedule.ts';

/**
 * `(initial - end) * (1 - step / decaySteps) ^ power + end`, as `keras.optimizers.schedules.PolynomialDecay`. After
 * `decaySteps` it stays at the end, or with `cycle` decays again over the next multiple of them.
 */
export const polynomialDecay =
  ({ decaySteps, endLearningRate, power, cycle }: ScheduleConfigOf<'polynomial_decay'>): BuiltInSchedule =>
  (initial, step, totalSteps) => {
    const steps = decaySteps ?? totalSteps;
    const length = cycle ? steps * Math.max(1, Math.ceil(step / steps)) : steps;
    const left = 1 - Math.min(step, length) / length;
    return (initial - endLearningRate) * left ** power + endLearningRate;
  };
