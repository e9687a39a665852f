import { MetricsError } from './errors.ts';

/** Row-major values with one for each class: logits or probabilities. */
export type Values = ArrayLike<number>;

/** Returns the number of rows of an [n, numClasses] array. */
export const countRows = (values: Values, numClasses: number): number => {
  if (!Number.isInteger(numClasses) || numClasses < 2) {
    throw new MetricsError(`numClasses: expected a whole number of at least 2, received ${numClasses}`);
  }
  if (values.length === 0) throw new MetricsError('expected at least one image, received none');
  if (values.length % numClasses !== 0) {
    throw new MetricsError(
      `expected ${numClasses} values for each image, received ${values.length} values, which is not a multiple`,
    );
  }
  return values.length / numClasses;
};

/** Returns the number of rows of an [n, numClasses] array, and refuses labels that do not fit it. */
export const countLabelledRows = (values: Values, labels: Values, numClasses: number): number => {
  const rows = countRows(values, numClasses);
  if (labels.length !== rows) {
    throw new MetricsError(`labels: expected one for each of ${rows} images, received ${labels.length}`);
  }
  checkClasses('labels', labels, numClasses);
  return rows;
};

/** Refuses numbers that are no class index. */
export const checkClasses = (what: string, classes: Values, numClasses: number): void => {
  for (let i = 0; i < classes.length; i++) {
    const index = classes[i]!;
    if (!Number.isInteger(index) || index < 0 || index >= numClasses) {
      throw new MetricsError(
        `${what}[${i}]: expected a class from 0 to ${numClasses - 1}, received ${index}`,
      );
    }
  }
};

/** Returns the class of a row's largest value, of equal values the first; a row of NaN alone gives 0, as in Keras's argmax. */
export const topClass = (values: Values, start: number, numClasses: number): number => {
  let top = 0;
  for (let c = 1; c < numClasses; c++) {
    const best = values[start + top]!;
    if (values[start + c]! > best || Number.isNaN(best)) top = c;
  }
  return Number.isNaN(values[start + top]) ? 0 : top;
};

/** Whether a row has a NaN, so that it predicts no class. */
export const hasNaN = (values: Values, start: number, numClasses: number): boolean => {
  for (let c = 0; c < numClasses; c++) if (Number.isNaN(values[start + c])) return true;
  return false;
};

/**
 * Counts the classes of a row that rank above `label`: those of larger value, or of equal value and lower index; all of
 * them in a row with a NaN.
 */
export const rankOf = (label: number, values: Values, start: number, numClasses: number): number => {
  if (hasNaN(values, start, numClasses)) return numClasses;
  const own = values[start + label]!;
  let before = 0;
  for (let c = 0; c < numClasses; c++) {
    const other = values[start + c]!;
    if (other > own || (other === own && c < label)) before++;
  }
  return before;
};

/**
 * Computes `log(sum_c exp(x_c - x_top))` of a row of logits. It never overflows, and since log1p adds the top class's
 * own 1, it keeps its relative precision when the model is almost certain. NaN where the largest logit is infinite, as
 * the difference of infinities is.
 */
export const logSumExpOverTop = (logits: Values, start: number, numClasses: number, top: number): number => {
  if (!Number.isFinite(logits[start + top])) return Number.NaN;
  let others = 0;
  for (let c = 0; c < numClasses; c++) {
    if (c !== top) others += Math.exp(logits[start + c]! - logits[start + top]!);
  }
  return Math.log1p(others);
};
