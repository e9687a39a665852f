import type { ClassIndices, ClassReport } from '@dropout-lab/contracts';
import { MetricsError } from './errors.ts';
import { checkClasses } from './rows.ts';

/**
 * Counts the images of class t that were predicted as p, as `confusion[t][p]`.
 *
 * @param predicted Classes of shape [n], as {@link predictedClasses} gives.
 * @param labels Classes of shape [n].
 * @returns numClasses rows of numClasses counts.
 * @throws MetricsError on no images, unequal lengths, or a class out of range.
 */
export const confusionMatrix = (
  predicted: ClassIndices,
  labels: ClassIndices,
  numClasses: number,
): number[][] => {
  if (labels.length === 0) throw new MetricsError('expected at least one image, received none');
  if (predicted.length !== labels.length) {
    throw new MetricsError(
      `predicted: expected one class for each of ${labels.length} labels, received ${predicted.length}`,
    );
  }
  checkClasses('predicted', predicted, numClasses);
  checkClasses('labels', labels, numClasses);
  const confusion = emptyConfusion(numClasses);
  for (let i = 0; i < labels.length; i++) confusion[labels[i]!]![predicted[i]!]!++;
  return confusion;
};

/** Returns numClasses rows of numClasses zeros. */
export const emptyConfusion = (numClasses: number): number[][] =>
  Array.from({ length: numClasses }, () => new Array<number>(numClasses).fill(0));

/**
 * Computes precision `TP / (TP + FP)`, recall `TP / (TP + FN)` and F1 `2 TP / (2 TP + FP + FN)` of each class. A
 * quotient whose denominator is 0 (of a class never predicted, or without images) is 0, as with scikit-learn's
 * `zero_division=0`.
 *
 * @param confusion As {@link confusionMatrix} gives.
 * @param classNames One for each row.
 * @throws MetricsError when there are more or fewer names than rows.
 */
export const classReports = (
  confusion: readonly (readonly number[])[],
  classNames: readonly string[],
): ClassReport[] => {
  if (classNames.length !== confusion.length) {
    throw new MetricsError(
      `classNames: expected one for each of ${confusion.length} classes, received ${classNames.length}`,
    );
  }
  return classNames.map((className, c) => {
    const hits = confusion[c]![c]!;
    const support = sum(confusion[c]!);
    const predicted = sum(confusion.map((row) => row[c]!));
    return {
      className,
      precision: quotient(hits, predicted),
      recall: quotient(hits, support),
      f1: quotient(2 * hits, predicted + support),
      support,
    };
  });
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const quotient = (numerator: number, denominator: number): number =>
  denominator === 0 ? 0 : numerator / denominator;
