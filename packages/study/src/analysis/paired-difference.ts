import {
  type ConfidenceInterval,
  mean,
  signFlipPValue,
  studentMeanInterval,
  studentPValue,
} from '@dropout-lab/metrics';

/** Fewer seeds give no interval: Student's would be wider than anything that is compared, and the bands of curves as wide. */
export const FEWEST_PAIRS = 4;
/** Fewer pairs cannot reach p < .05 by the sign-flip test, and of more its signings cannot be counted. */
const SIGN_FLIP_PAIRS = { fewest: 6, most: 20 };

/** How one arm's metric differs from another's over the seeds that both have. */
export interface PairedDifference {
  /** In rising order. */
  readonly seeds: readonly number[];
  /** First minus second, for each seed. */
  readonly differences: readonly number[];
  readonly meanDifference: number;
  /** From 4 seeds on. */
  readonly statistics: SeedStatistics | undefined;
}

/** Interval and p-values of the mean difference, by the differences of the seeds. */
export interface SeedStatistics {
  /** Student's 95% interval. */
  readonly interval: ConfidenceInterval;
  /** Of Student's paired t-test: exact for normal differences, as those of seeds nearly are. */
  readonly pValue: number;
  /**
   * Of the exact sign-flip test, which takes nothing for granted but cannot get below 2 / 2^seeds; from 6 to 20 seeds.
   */
  readonly signFlipPValue: number | undefined;
}

/**
 * Pairs two arms by seed. The same seed gives both arms the same split, batch order and initial weights, so that
 * what they bring to both cancels out of the difference.
 *
 * @param first A metric by seed.
 * @param second The other arm's; seeds that only one arm has, and metrics that are not finite, are left out.
 * @returns Undefined when no seed is left.
 */
export const pairedDifference = (
  first: ReadonlyMap<number, number>,
  second: ReadonlyMap<number, number>,
): PairedDifference | undefined => {
  const seeds = [...first.keys()]
    .filter((seed) => Number.isFinite(first.get(seed)) && Number.isFinite(second.get(seed)))
    .sort((a, b) => a - b);
  if (seeds.length === 0) return undefined;
  const differences = seeds.map((seed) => first.get(seed)! - second.get(seed)!);
  return {
    seeds,
    differences,
    meanDifference: mean(differences),
    statistics: seeds.length >= FEWEST_PAIRS ? statisticsOf(differences) : undefined,
  };
};

const statisticsOf = (differences: readonly number[]): SeedStatistics => ({
  interval: studentMeanInterval(differences),
  pValue: studentPValue(differences),
  signFlipPValue:
    differences.length >= SIGN_FLIP_PAIRS.fewest && differences.length <= SIGN_FLIP_PAIRS.most
      ? signFlipPValue(differences)
      : undefined,
});
