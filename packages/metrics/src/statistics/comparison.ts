import { MetricsError } from '../errors.ts';
import { type BootstrapOptions, bootstrapMeanInterval, type ConfidenceInterval } from './bootstrap.ts';
import { mean } from './sample.ts';
import { signFlipPValue } from './sign-flip.ts';

/** The difference between two arms over runs that share their seeds. */
export interface PairedComparison {
  readonly pairs: number;
  /** Mean of first minus second. */
  readonly meanDifference: number;
  /** BCa bootstrap interval of the mean difference. */
  readonly interval: ConfidenceInterval;
  /** Exact two-sided p-value of the sign-flip test; never below 2 / 2^pairs. */
  readonly pValue: number;
}

/**
 * Compares two arms that ran with the same seeds. Pairing removes the noise of a seed, which both arms share, from
 * their difference.
 *
 * @param first One arm's metric (an accuracy, say) for each seed.
 * @param second The other arm's metric, in the same order of seeds.
 * @throws MetricsError on unequal lengths, fewer than 2 or more than 20 pairs, or a value that is not finite.
 */
export const comparePairs = (
  first: readonly number[],
  second: readonly number[],
  options: BootstrapOptions,
): PairedComparison => {
  if (first.length !== second.length) {
    throw new MetricsError(
      `expected one value of each arm for each seed, received ${first.length} and ${second.length}`,
    );
  }
  const differences = first.map((value, i) => value - second[i]!);
  return {
    pairs: differences.length,
    interval: bootstrapMeanInterval(differences, options),
    meanDifference: mean(differences),
    pValue: signFlipPValue(differences),
  };
};
