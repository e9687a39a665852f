import type { ClassIndices, Predictions } from '@dropout-lab/contracts';
import { countLabelledRows, logSumExpOverTop, topClass } from './rows.ts';

/**
 * Returns the most likely class of each row and its probability, beside the true class.
 *
 * @param logits Shape [n, numClasses], row-major.
 * @param labels Classes of shape [n], 0..numClasses-1.
 * @throws MetricsError on no rows, lengths that do not fit, or a label out of range.
 */
export const predictionsOf = (
  logits: Float32Array,
  labels: ClassIndices,
  numClasses: number,
): Predictions => {
  const count = countLabelledRows(logits, labels, numClasses);
  const predicted: number[] = [];
  const confidence: number[] = [];
  for (let i = 0; i < count; i++) {
    const top = topClass(logits, i * numClasses, numClasses);
    const probability = Math.exp(-logSumExpOverTop(logits, i * numClasses, numClasses, top));
    predicted.push(top);
    confidence.push(Number.isNaN(probability) ? 0 : Math.round(probability * 1e4) / 1e4);
  }
  return { labels: [...labels], predicted, confidence };
};

/**
 * Returns the indices of images in the test set, the most confident predictions first; of equals the lower index first.
 *
 * @param isChosen Chooses images by their true and their predicted class; the mistaken ones when left out.
 */
export const mostConfident = (
  { labels, predicted, confidence }: Predictions,
  isChosen: (label: number, predicted: number) => boolean = (label, prediction) => label !== prediction,
): number[] =>
  [...labels.keys()]
    .filter((i) => isChosen(labels[i]!, predicted[i]!))
    .sort((a, b) => confidence[b]! - confidence[a]! || a - b);
