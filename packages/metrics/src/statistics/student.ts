import { MetricsError } from '../errors.ts';
import type { ConfidenceInterval } from './bootstrap.ts';
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
  if (!(level > 0 && level < 1)) {
    throw new MetricsError(`level: expected a number above 0 and below 1, received ${level}`);
  }
  const centre = mean(sample);
  const reach =
    (studentQuantile(level, sample.length - 1) * standardDeviation(sample)) / Math.sqrt(sample.length);
  return { lower: centre - reach, upper: centre + reach, level };
};

/** Returns the t for which `|T| <= t` has probability `level`, for T of Student's distribution; to some 1e-12 of its value. */
const studentQuantile = (level: number, degreesOfFreedom: number): number => {
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
