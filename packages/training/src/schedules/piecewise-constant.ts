import type { BuiltInSchedule, ScheduleConfigOf } from './schedule.ts';

/** `values[i]` while step <= `boundaries[i]`, as `keras.optimizers.schedules.PiecewiseConstantDecay`. */
export const piecewiseConstant =
  ({ boundaries, values }: ScheduleConfigOf<'piecewise_constant'>): BuiltInSchedule =>
  (_, step) => {
    // -1 when all boundaries are behind: the last value.
    const index = boundaries.findIndex((boundary) => step <= boundary);
    return values.at(index)!;
  };
