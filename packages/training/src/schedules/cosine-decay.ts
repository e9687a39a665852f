import type { Schedule, ScheduleConfigOf } from './schedule.ts';

/** Down to `alpha * initial` along half a cosine, as `keras.optimizers.schedules.CosineDecay`. */
export const cosineDecay =
  ({ decaySteps, alpha }: ScheduleConfigOf<'cosine_decay'>): Schedule =>
  (initial, step) => {
    const fraction = Math.min(step, decaySteps) / decaySteps;
    const cosine = (1 + Math.cos(Math.PI * fraction)) / 2;
    return initial * ((1 - alpha) * cosine + alpha);
  };
