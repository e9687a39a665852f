import { MetricsError } from '../errors.ts';
import { checkFinite } from './sample.ts';

const MAX_PAIRS = 20;

/**
 * Computes the exact two-sided p-value of the paired sign-flip (permutation) test: of all 2^n ways to assign signs to
 * the differences, the fraction whose sum is at least as far from 0 as the observed one. Its null hypothesis is that
 * the differences are symmetric about 0.
 *
 * The p-value is never below 2 / 2^n, so that fewer than 6 differences cannot reach p < 0.05.
 *
 * @param differences 1 to 20 finite numbers; one of each pair minus the other.
 * @returns Above 0, at most 1.
 * @throws MetricsError on none, on more than 20 (over a million sums), or on a value that is not finite.
 */
export const signFlipPValue = (differences: readonly number[]): number => {
  checkFinite(differences, 1);
  if (differences.length > MAX_PAIRS) {
    throw new MetricsError(
      `expected at most ${MAX_PAIRS} differences, whose signs can be counted exactly, received ${differences.length}`,
    );
  }
  const scale = differences.reduce((sum, difference) => sum + Math.abs(difference), 0);
  const observed = Math.abs(differences.reduce((sum, difference) => sum + difference, 0));
  // Rounding sets equal sums slightly apart; they must count as equal.
  const threshold = observed - 1e-12 * scale;

  const countExtreme = (sum: number, next: number): number => {
    if (next === differences.length) return Math.abs(sum) >= threshold ? 1 : 0;
    const difference = differences[next]!;
    return countExtreme(sum + difference, next + 1) + countExtreme(sum - difference, next + 1);
  };
  // Flipping all signs keeps the distance from 0, so half of the assignments are enough.
  return countExtreme(differences[0]!, 1) / 2 ** (differences.length - 1);
};
