import type { LearningRateScheduleConfig } from '@dropout-lab/contracts';

/**
 * The learning rate of an update, as `keras.optimizers.schedules` computes it.
 *
 * @param initial The optimizer's learning rate.
 * @param step Updates made before this one, from 0.
 */
export const learningRateAt = (
  schedule: LearningRateScheduleConfig,
  initial: number,
  step: number,
): number => {
  switch (schedule.name) {
    case 'constant':
      return initial;
    case 'exponential_decay': {
      const exponent = step / schedule.decaySteps;
      return initial * schedule.decayRate ** (schedule.staircase ? Math.floor(exponent) : exponent);
    }
    case 'cosine_decay': {
      const fraction = Math.min(step, schedule.decaySteps) / schedule.decaySteps;
      const cosine = (1 + Math.cos(Math.PI * fraction)) / 2;
      return initial * ((1 - schedule.alpha) * cosine + schedule.alpha);
    }
    case 'piecewise_constant': {
      // -1 when all boundaries are behind: the last value.
      const index = schedule.boundaries.findIndex((boundary) => step <= boundary);
      return schedule.values.at(index)!;
    }
  }
};
