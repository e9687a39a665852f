import { MetricsError } from '../errors.ts';
import { checkFinite, mean } from './sample.ts';

const MAX_NUMBERS = 20;

/**
 * Computes the exact two-sided p-value of the permutation test of two independent samples (Fisher 1935): of all ways to
 * divide their numbers into samples of these sizes, the fraction whose means are at least as far apart as the observed ones.
 * Its null hypothesis is that both come from one distribution, whatever that is.
 *
 * The p-value is never below 1 over the number of ways, or 2 over it where both samples are of one size: two of 3 numbers
 * cannot get below 2 / 20.
 *
 * @param first At least 1 finite number.
 * @param second Likewise; both together have at most 20.
 * @returns Above 0, at most 1.
 * @throws MetricsError on an empty sample, on more than 20 numbers, or on a value that is not finite.
 */
export const permutationPValue = (first: readonly number[], second: readonly number[]): number => {
  checkFinite(first, 1);
  checkFinite(second, 1);
  const numbers = [...first, ...second];
  if (numbers.length > MAX_NUMBERS) {
    throw new MetricsError(
      `expected at most ${MAX_NUMBERS} numbers in both samples, which can be divided in every way, received ${numbers.length}`,
    );
  }
  const size = first.length;
  const total = numbers.reduce((sum, number) => sum + number, 0);
  const scale = Math.max(...numbers.map(Math.abs));
  const distance = (sum: number): number => Math.abs(sum / size - (total - sum) / second.length);
  // Rounding sets equal distances slightly apart; they must count as equal.
  const threshold = Math.abs(mean(first) - mean(second)) - 1e-12 * scale;
  let ways = 0;
  let extreme = 0;
  const divide = (sum: number, taken: number, next: number): void => {
    if (taken === size) {
      ways += 1;
      if (distance(sum) >= threshold) extreme += 1;
      return;
    }
    for (let i = next; i <= numbers.length - (size - taken); i++) divide(sum + numbers[i]!, taken + 1, i + 1);
  };
  divide(0, 0, 0);
  return extreme / ways;
};
