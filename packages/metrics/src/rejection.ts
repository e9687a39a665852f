import type { ClassIndices } from '@dropout-lab/contracts';
import { countLabelledRows, hasNaN, logSumExpOverTop, topClass } from './rows.ts';

/** A point of a rejection curve. */
export interface RejectionPoint {
  /** Fraction of the images that are answered, the most confident ones; above 0, up to 1. */
  readonly answered: number;
  /** Fraction of the answers that are right. */
  readonly accuracy: number;
}

/** Accuracy against the fraction of images that a model answers. */
export interface RejectionCurve {
  /** A point for each number of images, from one to all. */
  readonly points: readonly RejectionPoint[];
  /** Mean accuracy over the points: the area under the curve, 0..1. */
  readonly area: number;
}

/**
 * Computes how accuracy rises when a model answers only the images that it is most confident of (the complement of Geifman
 * & El-Yaniv's risk-coverage curve, NIPS 2017). Images of equal confidence count with their mean accuracy, in whatever order
 * they are. A row with a NaN is a wrong answer without confidence.
 *
 * @param logits Shape [n, numClasses], row-major; confidence is the softmax's largest probability.
 * @param labels Classes of shape [n], 0..numClasses-1.
 * @throws MetricsError on no rows, lengths that do not fit, or a label out of range.
 */
export const rejectionCurve = (
  logits: Float32Array,
  labels: ClassIndices,
  numClasses: number,
): RejectionCurve => {
  const rows = countLabelledRows(logits, labels, numClasses);
  const answers = Array.from({ length: rows }, (_, row) => {
    const start = row * numClasses;
    if (hasNaN(logits, start, numClasses)) return { doubt: Number.POSITIVE_INFINITY, isRight: false };
    const top = topClass(logits, start, numClasses);
    // Near certainty it orders what probabilities round to 1.
    const doubt = logSumExpOverTop(logits, start, numClasses, top);
    return { doubt: Number.isNaN(doubt) ? Number.POSITIVE_INFINITY : doubt, isRight: top === labels[row] };
  }).sort((a, b) => (a.doubt === b.doubt ? 0 : a.doubt - b.doubt));
  const points: RejectionPoint[] = [];
  let [right, area] = [0, 0];
  for (let from = 0, to = 0; from < rows; from = to) {
    while (to < rows && answers[to]!.doubt === answers[from]!.doubt) to++;
    const ofTies = answers.slice(from, to).filter(({ isRight }) => isRight).length / (to - from);
    for (let i = from; i < to; i++) {
      right += ofTies;
      points.push({ answered: (i + 1) / rows, accuracy: right / (i + 1) });
      area += right / (i + 1) / rows;
    }
  }
  return { points, area };
};
