import { MetricsError } from '../errors.ts';
import type { ConfidenceInterval } from './bootstrap.ts';
import { checkCounts, checkLevel } from './counts.ts';
import { normalCdf, normalQuantile } from './normal.ts';

/** A number of successes of a number of trials, such as right answers of images. */
export interface Proportion {
  readonly successes: number;
  /** At least 1. */
  readonly total: number;
}

/** How many images both models of a pair got right, one alone, or none. */
export interface PairedCounts {
  readonly both: number;
  readonly firstOnly: number;
  readonly secondOnly: number;
  readonly neither: number;
}

/**
 * Computes Wilson's confidence interval of a proportion p = x / n (1927, "Probable Inference, the Law of Succession, and
 * Statistical Inference"), which is never outside 0..1 and has a width where all or none succeed:
 *
 * `(p + z²/2n ± z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n)`, z the normal quantile of `(1 + level) / 2`.
 *
 * @param level Coverage, above 0 and below 1; 0.95 by default.
 * @throws MetricsError on counts that are no whole numbers, no trials, more successes than trials, or a level out of range.
 */
export const wilsonInterval = ({ successes, total }: Proportion, level = 0.95): ConfidenceInterval => {
  checkProportion({ successes, total });
  checkLevel(level);
  const z = normalQuantile((1 + level) / 2);
  const p = successes / total;
  const share = (z * z) / total;
  const reach = Math.sqrt(share * (p * (1 - p) + share / 4));
  return {
    // At the ends exactly, where rounding would leave a little.
    lower: successes === 0 ? 0 : (p + share / 2 - reach) / (1 + share),
    upper: successes === total ? 1 : (p + share / 2 + reach) / (1 + share),
    level,
  };
};

/**
 * Computes a confidence interval of the difference `p1 - p2` of two models' accuracies on the same images: method 10 of
 * Newcombe (1998, "Improved Confidence Intervals for the Difference between Binomial Proportions Based on Paired Data"). From
 * Wilson's intervals l1..u1 and l2..u2 it goes from `d - sqrt((p1 - l1)² - 2 φ (p1 - l1) (u2 - p2) + (u2 - p2)²)` to
 * `d + sqrt((u1 - p1)² - 2 φ (u1 - p1) (p2 - l2) + (p2 - l2)²)`. φ is the correlation of being right, for counts a (both),
 * b, c (one alone) and e (neither) of n
 *
 * `φ = k / sqrt((a + b) (c + e) (a + c) (b + e))`, k = `a e - b c`, if that is positive less n / 2, but not below 0;
 *
 * and 0 where a model is always or never right.
 *
 * @param level Coverage, above 0 and below 1; 0.95 by default.
 * @throws MetricsError on counts that are no whole numbers, no images, or a level out of range.
 */
export const pairedDifferenceInterval = (counts: PairedCounts, level = 0.95): ConfidenceInterval => {
  const { both, firstOnly, secondOnly, neither } = counts;
  checkCounts({ both, firstOnly, secondOnly, neither });
  const total = both + firstOnly + secondOnly + neither;
  const first = { successes: both + firstOnly, total };
  const second = { successes: both + secondOnly, total };
  return combined(first, second, correlationOf(counts), level);
};

/**
 * Computes a confidence interval of the difference of two proportions of independent samples: Newcombe's hybrid score
 * interval (1998, "Interval Estimation for the Difference between Independent Proportions", its method 10), which is
 * {@link pairedDifferenceInterval} without a correlation. For two models on the same images, which are mostly right and
 * wrong about the same ones, it is wider than it need be.
 *
 * @param level Coverage, above 0 and below 1; 0.95 by default.
 * @throws MetricsError as {@link wilsonInterval} does.
 */
export const independentDifferenceInterval = (
  first: Proportion,
  second: Proportion,
  level = 0.95,
): ConfidenceInterval => combined(first, second, 0, level);

/**
 * Computes the two-sided p-value that two proportions of independent samples have the same true value, by the normal
 * approximation with the pooled variance (Pearson's chi-squared test of the 2 x 2 table):
 * `z = (p1 - p2) / sqrt(p (1 - p) (1 / n1 + 1 / n2))`, p the proportion of both together.
 *
 * @returns 1 where all or none of both succeed.
 * @throws MetricsError on counts that are no whole numbers, no trials, or more successes than trials.
 */
export const twoProportionPValue = (first: Proportion, second: Proportion): number => {
  checkProportion(first);
  checkProportion(second);
  const pooled = (first.successes + second.successes) / (first.total + second.total);
  const variance = pooled * (1 - pooled) * (1 / first.total + 1 / second.total);
  if (variance === 0) return 1;
  const difference = first.successes / first.total - second.successes / second.total;
  return 2 * normalCdf(-Math.abs(difference) / Math.sqrt(variance));
};

const checkProportion = ({ successes, total }: Proportion): void => {
  checkCounts({ successes, total });
  if (total > 0 && successes <= total) return;
  throw new MetricsError(
    `expected at least 1 trial and no more successes than trials, received ${successes} of ${total}`,
  );
};

const combined = (
  first: Proportion,
  second: Proportion,
  correlation: number,
  level: number,
): ConfidenceInterval => {
  const [p1, p2] = [first.successes / first.total, second.successes / second.total];
  const [one, other] = [wilsonInterval(first, level), wilsonInterval(second, level)];
  const reach = (a: number, b: number): number =>
    // Not below 0 but for rounding, where a and b are equal and the correlation is 1.
    Math.sqrt(Math.max(0, a * a - 2 * correlation * a * b + b * b));
  return {
    lower: p1 - p2 - reach(p1 - one.lower, other.upper - p2),
    upper: p1 - p2 + reach(one.upper - p1, p2 - other.lower),
    level,
  };
};

const correlationOf = ({ both, firstOnly, secondOnly, neither }: PairedCounts): number => {
  // One root for each factor: their product is beyond 2^53.
  const scale = [both + firstOnly, secondOnly + neither, both + secondOnly, firstOnly + neither]
    .map(Math.sqrt)
    .reduce((product, root) => product * root, 1);
  if (scale === 0) return 0;
  const excess = both * neither - firstOnly * secondOnly;
  const images = both + firstOnly + secondOnly + neither;
  return (excess > 0 ? Math.max(0, excess - images / 2) : excess) / scale;
};
