import type { Schedule } from './schedule.ts';

/** The optimizer's learning rate at every step. */
export const constant = (): Schedule => (initial) => initial;
