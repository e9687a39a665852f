import type { ConfidenceInterval } from './bootstrap.ts';
import { checkLevel } from './counts.ts';
import { checkFinite, mean, standardDeviation } from './sample.ts';

/**
 * Computes a confidence interval of a mean by Student's t: `mean +- t(n - 1) sd / sqrt(n)`. It is exact for normal
 * samples of any size, which makes it the right one for a handful of seeds, where a bootstrap is too narrow.
 *
 * @param sample At least 2 finite numbers.
 * @param level Coverage, above 0 and below 1; 0.95 by default.
 * @throws MetricsError on a shorter sample, a value that is not finite, or a level out of range.
 */
export const studentMeanInterval = (sample: readonly number[], level = 0.95): ConfidenceInterval => {
  checkFinite(sample, 2);
  checkLevel(level);
  const centre = mean(sample);
  const reach =
    (studentQuantile(level, sample.length - 1) * standardDeviation(sample)) / Math.sqrt(sample.length);
  return { lower: centre - reach, upper: centre + reach, level };
};

/**
 * Computes the two-sided p-value of Student's t-test that a mean is 0: the chance of a mean as far from 0, in units of
 * `sd / sqrt(n)`, if the sample is normal around 0, to some 1e-15. Of paired differences it is the paired t-test.
 *
 * @param sample At least 2 finite numbers. Equal ones give 0, or 1 when they are 0.
 * @throws MetricsError on a shorter sample, or a value that is not finite.
 */
export const studentPValue = (sample: readonly number[]): number => {
  checkFinite(sample, 2);
  const centre = Math.abs(mean(sample));
  if (centre === 0) return 1;
  const error = standardDeviation(sample) / Math.sqrt(sample.length);
  const degreesOfFreedom = sample.length - 1;
  const theta = Math.atan2(centre, error * Math.sqrt(degreesOfFreedom));
  return Math.max(0, 1 - centralProbability(theta, degreesOfFreedom));
};

/** Quantiles by level and degrees of freedom: curves of arms ask for the same ones thousands of times. */
const quantiles = new Map<string, number>();

/** Returns the t for which `|T| <= t` has probability `level`, for T of Student's distribution; to some 1e-12 of its value. */
const studentQuantile = (level: number, degreesOfFreedom: number): number => {
  const key = `${level} ${degreesOfFreedom}`;
  const quantile = quantiles.get(key) ?? findQuantile(level, degreesOfFreedom);
  quantiles.set(key, quantile);
  return quantile;
};

const findQuantile = (level: number, degreesOfFreedom: number): number => {
  let low = 0;
  let high = Math.PI / 2;
  for (let middle = high / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (centralProbability(middle, degreesOfFreedom) < level) low = middle;
    else high = middle;
  }
  return Math.tan(high) * Math.sqrt(degreesOfFreedom);
};

/** Computes P(|T| <= t) at `theta = atan(t / sqrt(n))`, n whole: Abramowitz & Stegun 26.7.3 and 26.7.4. */
const centralProbability = (theta: number, n: number): number => {
  const cosine = Math.cos(theta);
  const isOdd = n % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = n === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= n - 2; k += 2) {
    term *= (cosine ** 2 * (k - 1)) / k;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
};
