import { MetricsError } from '../errors.ts';
import { checkFinite } from './sample.ts';

const MOST_PAIRS = 20;

/**
 * Exact two-sided p-value of the paired sign-flip (permutation) test: of all 2^n ways to give the differences
 * signs, the fraction whose sum is at least as far from 0 as the observed one. Its hypothesis: the
 * differences are symmetric about 0.
 *
 * The least value it can take is 2 / 2^n, so that fewer than 6 differences never reach p < 0.05.
 *
 * @param differences 1 to 20 finite numbers; one of each pair minus the other.
 * @returns Above 0, at most 1.
 * @throws MetricsError on none, on more than 20 (over a million signings), or on a value that is not finite.
 */
export const signFlipPValue = (differences: readonly number[]): number => {
  checkFinite(differences, 1);
  if (differences.length > MOST_PAIRS) {
    throw new MetricsError(
      `expected at most ${MOST_PAIRS} differences, whose signings can be counted exactly, received ${differences.length}`,
    );
  }
  const scale = differences.reduce((sum, difference) => sum + Math.abs(difference), 0);
  const observed = Math.abs(differences.reduce((sum, difference) => sum + difference, 0));
  // Signings of equal sum in exact arithmetic come out a few roundings apart; they are to count as equal.
  const threshold = observed - 1e-12 * scale;

  const countExtreme = (sum: number, next: number): number => {
    if (next === differences.length) return Math.abs(sum) >= threshold ? 1 : 0;
    const difference = differences[next]!;
    return countExtreme(sum + difference, next + 1) + countExtreme(sum - difference, next + 1);
  };
  // Turning every sign leaves the distance from 0 as it is: half of the signings stand for all.
  return countExtreme(differences[0]!, 1) / 2 ** (differences.length - 1);
};
