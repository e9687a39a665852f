import { MetricsError } from '../errors.ts';

/** Refuses counts that are negative or no whole numbers. */
export const checkCounts = (counts: Readonly<Record<string, number>>): void => {
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || count < 0)
      throw new MetricsError(`${name}: expected a whole number of at least 0, received ${count}`);
  }
};

/** Refuses a level that is no probability of an interval. */
export const checkLevel = (level: number): void => {
  if (!(level > 0 && level < 1))
    throw new MetricsError(`level: expected a number above 0 and below 1, received ${level}`);
};
