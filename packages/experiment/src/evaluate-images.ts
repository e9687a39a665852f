import type { BatchSource, ClassIndices, EvaluationReport, Predictions } from '@dropout-lab/contracts';
import { evaluateLogits, predictionsOf } from '@dropout-lab/metrics';
import { type EvaluateOptions, predictLogits, type Replica } from '@dropout-lab/training';

/** A model's predictions of images, dropout off, and the metrics that follow. */
export interface ImagesEvaluation {
  /** float32 [images, classes]. */
  readonly logits: Float32Array;
  readonly report: EvaluationReport;
  /** In the order of the images. */
  readonly predictions: Predictions;
}

/**
 * Evaluates a model on images that it was not trained on.
 *
 * @param classNames In the order of the labels.
 * @throws The signal's reason, between batches, once it is aborted.
 */
export const evaluateImages = async (
  replica: Replica,
  images: BatchSource<ClassIndices>,
  classNames: readonly string[],
  options: EvaluateOptions = {},
): Promise<ImagesEvaluation> => {
  const { logits, labels } = await predictLogits(replica, images, options);
  return {
    logits,
    report: evaluateLogits(logits, labels, classNames),
    predictions: predictionsOf(logits, labels, classNames.length),
  };
};
