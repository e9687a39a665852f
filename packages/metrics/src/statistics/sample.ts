import { MetricsError } from '../errors.ts';

/** Refuses fewer than `atLeast` numbers, and any that is not finite. */
export const checkFinite = (sample: readonly number[], atLeast: number): void => {
  if (sample.length < atLeast) {
    throw new MetricsError(`expected a sample of at least ${atLeast}, received one of ${sample.length}`);
  }
  const index = sample.findIndex((value) => !Number.isFinite(value));
  if (index >= 0)
    throw new MetricsError(`value ${index}: expected a finite number, received ${sample[index]}`);
};

/** Returns the arithmetic mean; NaN for an empty sample. */
export const mean = (sample: readonly number[]): number =>
  sample.reduce((sum, value) => sum + value, 0) / sample.length;

/** Returns the middle value, or the mean of the two in the middle; NaN for an empty sample. */
export const median = (sample: readonly number[]): number => {
  const sorted = [...sample].sort((a, b) => a - b);
  return mean(sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1));
};

/** Computes `sqrt(sum (x - mean)^2 / (n - 1))`; NaN for a single number. */
export const standardDeviation = (sample: readonly number[]): number => {
  const centre = mean(sample);
  return Math.sqrt(sample.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (sample.length - 1));
};
