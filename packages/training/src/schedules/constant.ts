import type { Schedule } from './definition.ts';

/** The optimizer's learning rate at every step. */
export const constant = (): Schedule => (initial) => initial;
