import type { BuiltInSchedule } from './schedule.ts';

/** The optimizer's learning rate at every step. */
export const constant = (): BuiltInSchedule => (initial) => initial;
