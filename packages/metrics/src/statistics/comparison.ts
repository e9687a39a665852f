import { MetricsError } from '../errors.ts';
import { type BootstrapOptions, bootstrapMeanInterval, type ConfidenceInterval } from './bootstrap.ts';
import { mean } from './sample.ts';
import { signFlipPValue } from './sign-flip.ts';

/** How one arm differs from another over runs that share their seeds. */
export interface PairedComparison {
  readonly pairs: number;
  /** Mean of first minus second. */
  readonly meanDifference: number;
  /** BCa bootstrap interval of the mean difference. */
  readonly interval: ConfidenceInterval;
  /** Exact, two-sided, of the sign-flip test; never below 2 / 2^pairs. */
  readonly pValue: number;
}

/**
 * Compares two arms run on the same seeds: pairing takes the noise that a seed brings to both out of their
 * difference.
 *
 * @param first One figure (an accuracy, say) for each seed.
 * @param second The other arm's, in the same order of seeds.
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
