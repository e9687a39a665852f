import type { BuiltInSchedule, ScheduleConfigOf } from './schedule.ts';

/**
 * Down to `alpha * initial` along half a cosine, as `keras.optimizers.schedules.CosineDecay`; with a warm-up, first in a
 * line from `initial` to `warmupTarget`, then down from there.
 */
export const cosineDecay =
  ({ decaySteps, alpha, warmupSteps, warmupTarget }: ScheduleConfigOf<'cosine_decay'>): BuiltInSchedule =>
  (initial, step, totalSteps) => {
    const top = warmupTarget ?? initial;
    if (step < warmupSteps) return initial + (top - initial) * (step / warmupSteps);
    // A training that is all warm-up has no way down.
    const steps = decaySteps ?? Math.max(1, totalSteps - warmupSteps);
    const fraction = Math.min(step - warmupSteps, steps) / steps;
    const cosine = (1 + Math.cos(Math.PI * fraction)) / 2;
    return top * ((1 - alpha) * cosine + alpha);
  };
