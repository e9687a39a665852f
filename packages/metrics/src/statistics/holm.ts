import { MetricsError } from '../errors.ts';

/**
 * Corrects p-values of several comparisons, so that the chance of one or more false claims among all of them stays below
 * the level that each corrected value is compared with: Holm's step-down procedure (1979, "A Simple Sequentially Rejective
 * Multiple Test Procedure"). The i-th smallest of m, i from 1, becomes the largest of `min(1, (m - j + 1) p_j)` over
 * j up to i. That is so whatever the comparisons have in common, an arm that all of them share say.
 *
 * @param pValues Each 0..1, in any order.
 * @returns The corrected values in the same order, none below its own; of a single one the same.
 * @throws MetricsError on a value that is not 0..1.
 */
export const holmAdjusted = (pValues: readonly number[]): number[] => {
  const wrong = pValues.findIndex((p) => !(p >= 0 && p <= 1));
  if (wrong >= 0)
    throw new MetricsError(`value ${wrong}: expected a p-value 0..1, received ${pValues[wrong]}`);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  const rising = [...pValues.keys()].sort((a, b) => pValues[a]! - pValues[b]!);
  rising.forEach((index, i) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - i) * pValues[index]!));
    adjusted[index] = largest;
  });
  return adjusted;
};
