import type { BuiltInSchedule, ScheduleConfigOf } from './schedule.ts';

/**
 * One cycle (Smith & Topin 2018) of straight lines: from `startFactor * initial` up to `initial` at step
 * `floor(warmupFraction * totalSteps)`, and down to `endFactor * initial` at `totalSteps`, where it stays. With
 * numpy, `initial * interp(step, [0, int(warmupFraction * totalSteps), totalSteps], [startFactor, 1, endFactor])`.
 */
export const oneCycle =
  ({
    totalSteps: ofCycle,
    warmupFraction,
    startFactor,
    endFactor,
  }: ScheduleConfigOf<'one_cycle'>): BuiltInSchedule =>
  (initial, step, ofTraining) => {
    const totalSteps = ofCycle ?? ofTraining;
    const peak = Math.floor(warmupFraction * totalSteps);
    if (step < peak) return initial * (startFactor + (step * (1 - startFactor)) / peak);
    // A cycle that is all warm-up has no way down.
    if (step >= totalSteps) return initial * endFactor;
    return initial * (1 + ((step - peak) * (endFactor - 1)) / (totalSteps - peak));
  };
