import { median } from '@dropout-lab/metrics';

/** How far apart two runs are that differ in nothing but the seed. */
export interface SeedSpread {
  /** The median of the differences in accuracy, as a fraction. */
  readonly difference: number;
  /** How many pairs of runs it is the median of. */
  readonly pairs: number;
  /** The runs that it was measured on, in words. */
  readonly source: string;
}

/** Fewer pairs say too little. */
const FEWEST = 3;

/**
 * Returns the spread over the runs of a study itself.
 *
 * @param arms The accuracies of each arm's runs, one for each seed; those that are not finite are left out.
 * @returns Undefined with fewer than three pairs of runs of one arm.
 */
export const spreadOf = (
  arms: readonly (readonly number[])[],
  source = 'these runs',
): SeedSpread | undefined => {
  const differences = arms.flatMap((arm) => {
    const finite = arm.filter(Number.isFinite);
    return finite.flatMap((one, i) => finite.slice(i + 1).map((other) => Math.abs(one - other)));
  });
  if (differences.length < FEWEST) return undefined;
  return { difference: median(differences), pairs: differences.length, source };
};

/**
 * The spread of test accuracy in the study with seeds that is in the repository, for comparisons on the same data set that
 * have too few seeds of their own. `npm run docs:figures` computes it again from the study's metrics.
 */
export const measuredSpread = {
  dataset: 'cifar10',
  difference: 0.011,
  pairs: 60,
  source: 'the study tutorial-seeds: 8,000 training images, 15 epochs',
} as const satisfies SeedSpread & { readonly dataset: string };
