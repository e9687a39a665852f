import type { LearningRateScheduleConfig, ScheduleName } from '@dropout-lab/contracts';

/**
 * Returns the learning rate of an update.
 *
 * @param initial The optimizer's learning rate.
 * @param step Updates made before this one, from 0.
 */
export type Schedule = (initial: number, step: number) => number;

/** A {@link Schedule} that may be over all of the training. @param totalSteps Updates of the whole training. */
export type BuiltInSchedule = (initial: number, step: number, totalSteps: number) => number;

/** The settings of a built-in schedule. */
export type ScheduleConfigOf<Name extends ScheduleName> = Extract<LearningRateScheduleConfig, { name: Name }>;
