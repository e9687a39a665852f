import type { ClassIndices, EvaluationReport } from '@dropout-lab/contracts';
import { squaredDistance, tallyConfidence } from './calibration.ts';
import { classReports, emptyConfusion } from './confusion.ts';
import { countLabelledRows, hasNaN, logSumExpOverTop, rankOf, topClass } from './rows.ts';

/**
 * Computes all metrics of a model on a labelled set, in one pass over its logits: crossentropy, accuracy, top-3
 * accuracy, Brier score, calibration, confusion matrix and each class's precision, recall and F1. Sums are float64.
 * A NaN logit makes loss, Brier score and calibration error NaN; its row counts as wrong, and is left out of the
 * confusion matrix.
 *
 * @param logits Shape [n, classNames.length], row-major.
 * @param labels Classes of shape [n], 0..classNames.length-1.
 * @throws MetricsError on no rows, lengths that do not fit, or a label out of range.
 */
export const evaluateLogits = (
  logits: Float32Array,
  labels: ClassIndices,
  classNames: readonly string[],
): EvaluationReport => {
  const numClasses = classNames.length;
  const count = countLabelledRows(logits, labels, numClasses);
  const probabilities = new Float64Array(numClasses);
  const confusion = emptyConfusion(numClasses);
  const confidence = tallyConfidence();
  let loss = 0;
  let squared = 0;
  let correct = 0;
  let inTop3 = 0;

  for (let i = 0; i < count; i++) {
    const start = i * numClasses;
    const label = labels[i]!;
    const top = topClass(logits, start, numClasses);
    const largest = logits[start + top]!;
    const logSum = logSumExpOverTop(logits, start, numClasses, top);
    for (let c = 0; c < numClasses; c++) probabilities[c] = Math.exp(logits[start + c]! - largest - logSum);

    loss += logSum + (largest - logits[start + label]!);
    squared += squaredDistance(probabilities, 0, numClasses, label);
    const isAnswered = !hasNaN(logits, start, numClasses);
    const isRight = isAnswered && top === label;
    if (isRight) correct++;
    if (rankOf(label, logits, start, numClasses) < 3) inTop3++;
    if (isAnswered) confusion[label]![top]!++;
    confidence.add(probabilities[top]!, isRight);
  }

  return {
    count,
    loss: loss / count,
    accuracy: correct / count,
    top3Accuracy: inTop3 / count,
    brierScore: squared / count,
    ...confidence.calibration(),
    confusion,
    classes: classReports(confusion, classNames),
    testTimeAugmentation: 'none',
  };
};
