import { createGenerator, type RandomKey } from '@dropout-lab/random';
import { MetricsError } from '../errors.ts';
import { checkLevel } from './counts.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { checkFinite, mean } from './sample.ts';

/** An interval that covers the true value in a fraction `level` of all samples. */
export interface ConfidenceInterval {
  readonly lower: number;
  readonly upper: number;
  /** 0..1, e.g. 0.95. */
  readonly level: number;
}

/** Settings of a bootstrap interval. */
export interface BootstrapOptions {
  /** Key of the stream that resamples are drawn from: the same key gives the same interval. */
  readonly key: RandomKey;
  /** Coverage, above 0 and below 1; 0.95 by default. */
  readonly level?: number;
  /** Number of resamples, at least 1000; 10,000 by default. */
  readonly resamples?: number;
}

/**
 * Computes a confidence interval of a mean by the bias-corrected and accelerated bootstrap (BCa), which is second-order
 * accurate for skewed samples too (Efron 1987, "Better Bootstrap Confidence Intervals"). With fewer than about 10 values
 * every bootstrap interval is too narrow.
 *
 * @param sample At least 2 finite numbers. Equal numbers give an interval of width 0.
 * @throws MetricsError on a shorter sample, a value that is not finite, or an option out of range.
 */
export const bootstrapMeanInterval = (
  sample: readonly number[],
  { key, level = 0.95, resamples = 10_000 }: BootstrapOptions,
): ConfidenceInterval => {
  checkFinite(sample, 2);
  checkLevel(level);
  if (!Number.isInteger(resamples) || resamples < 1000) {
    throw new MetricsError(`resamples: expected a whole number of at least 1000, received ${resamples}`);
  }
  const observed = mean(sample);
  if (sample.every((value) => value === sample[0])) return { lower: observed, upper: observed, level };

  const means = resampledMeans(sample, resamples, key).sort();
  const bias = normalQuantile(shareBelow(means, observed, 1e-12 * mean(sample.map(Math.abs))));
  const acceleration = accelerationOf(sample, observed);
  /** Returns the corrected quantile of the resampled means at which the interval ends, in place of p itself. */
  const corrected = (p: number): number => {
    const z = bias + normalQuantile(p);
    return normalCdf(bias + z / (1 - acceleration * z));
  };
  return {
    lower: quantile(means, corrected((1 - level) / 2)),
    upper: quantile(means, corrected((1 + level) / 2)),
    level,
  };
};

const resampledMeans = (sample: readonly number[], resamples: number, key: RandomKey): Float64Array => {
  const generator = createGenerator(key);
  return Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < sample.length; i++) sum += sample[generator.nextInt(sample.length)]!;
    return sum / sample.length;
  });
};

/**
 * Returns the fraction of the values below x; a value equal to x counts half. Equal means are common, since every
 * permutation of the sample has its mean, but rounding sets them slightly apart.
 */
const shareBelow = (values: Float64Array, x: number, rounding: number): number =>
  values.reduce((count, value) => count + (Math.abs(value - x) <= rounding ? 0.5 : value < x ? 1 : 0), 0) /
  values.length;

/** Computes `sum d^3 / (6 (sum d^2)^1.5)`; for a mean, the jackknife's `d_i` are the deviations of the values. */
const accelerationOf = (sample: readonly number[], centre: number): number => {
  let squares = 0;
  let cubes = 0;
  for (const value of sample) {
    squares += (value - centre) ** 2;
    cubes += (value - centre) ** 3;
  }
  return cubes / (6 * squares ** 1.5);
};

/** Returns a quantile of sorted values, interpolated linearly, as numpy does by default. */
const quantile = (sorted: Float64Array, p: number): number => {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  return low + (position - below) * ((sorted[below + 1] ?? low) - low);
};
