import { createGenerator, type RandomKey } from '@dropout-lab/random';
import { MetricsError } from '../errors.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { checkFinite, mean } from './sample.ts';

/** An interval that covers the quantity in `level` of all samples. */
export interface ConfidenceInterval {
  readonly lower: number;
  readonly upper: number;
  /** 0..1, e.g. 0.95. */
  readonly level: number;
}

/** How a bootstrap interval is drawn. */
export interface BootstrapOptions {
  /** The resamples are drawn from this key's stream: the same key gives the same interval. */
  readonly key: RandomKey;
  /** Coverage, above 0 and below 1; 0.95 unless told. */
  readonly level?: number;
  /** Number of resamples, at least 1000; 10,000 unless told. */
  readonly resamples?: number;
}

/**
 * Confidence interval of a mean by the bootstrap, bias-corrected and accelerated: BCa, second-order accurate
 * for skewed samples too (Efron 1987, "Better Bootstrap Confidence Intervals"). With few values (below some
 * 10) every bootstrap interval is too narrow.
 *
 * @param sample At least 2 finite numbers. Equal numbers give an interval of width 0.
 * @throws MetricsError on a shorter sample, a value that is not finite, or an option out of range.
 */
export const bootstrapMeanInterval = (
  sample: readonly number[],
  { key, level = 0.95, resamples = 10_000 }: BootstrapOptions,
): ConfidenceInterval => {
  checkFinite(sample, 2);
  if (!(level > 0 && level < 1)) {
    throw new MetricsError(`level: expected a number above 0 and below 1, received ${level}`);
  }
  if (!Number.isInteger(resamples) || resamples < 1000) {
    throw new MetricsError(`resamples: expected a whole number of at least 1000, received ${resamples}`);
  }
  const observed = mean(sample);
  if (sample.every((value) => value === sample[0])) return { lower: observed, upper: observed, level };

  const means = resampledMeans(sample, resamples, key).sort();
  const bias = normalQuantile(shareBelow(means, observed, 1e-12 * mean(sample.map(Math.abs))));
  const acceleration = accelerationOf(sample, observed);
  /** The share of resampled means below which the interval ends, in place of p itself. */
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
 * Fraction of the values below x; a value equal to x counts half. Means that are equal in exact arithmetic
 * come out a few roundings apart, and equal they are common: every permutation of the sample has its mean.
 */
const shareBelow = (values: Float64Array, x: number, rounding: number): number =>
  values.reduce((count, value) => count + (Math.abs(value - x) <= rounding ? 0.5 : value < x ? 1 : 0), 0) /
  values.length;

/** `sum d^3 / (6 (sum d^2)^1.5)`, which for a mean is the jackknife's `d_i`, the values' own deviations. */
const accelerationOf = (sample: readonly number[], centre: number): number => {
  let squares = 0;
  let cubes = 0;
  for (const value of sample) {
    squares += (value - centre) ** 2;
    cubes += (value - centre) ** 3;
  }
  return cubes / (6 * squares ** 1.5);
};

/** Linear between the sorted values, as numpy's default. */
const quantile = (sorted: Float64Array, p: number): number => {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  return low + (position - below) * ((sorted[below + 1] ?? low) - low);
};
