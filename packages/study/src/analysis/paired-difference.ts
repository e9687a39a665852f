import { comparePairs, mean, type PairedComparison } from '@dropout-lab/metrics';
import { fold, randomKey } from '@dropout-lab/random';

/** Fewer pairs cannot reach p < .05 by the sign-flip test, and make every bootstrap interval too narrow. */
export const FEWEST_PAIRS = 6;
/** More are compared by their first, whose signings can be counted exactly. */
const MOST_PAIRS = 20;

/** How one arm's metric differs from another's over the seeds that both have. */
export interface PairedDifference {
  /** In rising order. */
  readonly seeds: readonly number[];
  /** First minus second, for each seed. */
  readonly differences: readonly number[];
  readonly meanDifference: number;
  /** Interval and p-value, from 6 seeds on. */
  readonly statistics: Pick<PairedComparison, 'interval' | 'pValue'> | undefined;
}

/**
 * Pairs two arms by seed. The same seed gives both arms the same split, batch order and initial weights, so that
 * what they bring to both cancels out of the difference.
 *
 * @param first A metric by seed.
 * @param second The other arm's; seeds that only one arm has, and metrics that are not finite, are left out.
 * @returns Undefined when no seed is left. Of more than 20 seeds, the 20 lowest.
 */
export const pairedDifference = (
  first: ReadonlyMap<number, number>,
  second: ReadonlyMap<number, number>,
): PairedDifference | undefined => {
  const seeds = [...first.keys()]
    .filter((seed) => Number.isFinite(first.get(seed)) && Number.isFinite(second.get(seed)))
    .sort((a, b) => a - b)
    .slice(0, MOST_PAIRS);
  if (seeds.length === 0) return undefined;
  const firsts = seeds.map((seed) => first.get(seed)!);
  const seconds = seeds.map((seed) => second.get(seed)!);
  const differences = firsts.map((value, i) => value - seconds[i]!);
  return {
    seeds,
    differences,
    meanDifference: mean(differences),
    statistics:
      seeds.length >= FEWEST_PAIRS ? comparePairs(firsts, seconds, { key: resamplingKey }) : undefined,
  };
};

/** One key for all: the same metrics give the same interval in every report. */
const resamplingKey = fold(randomKey(0), 'study', 'bootstrap');
