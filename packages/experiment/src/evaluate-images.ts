import type {
  BatchSource,
  ClassIndices,
  EvaluationReport,
  Predictions,
  RunConfig,
  TestTimeAugmentation,
} from '@dropout-lab/contracts';
import { type DataFormat, testTimeViews, viewedBatches } from '@dropout-lab/data';
import { evaluateLogits, predictionsOf } from '@dropout-lab/metrics';
import { type EvaluateOptions, predictLogits, type Replica } from '@dropout-lab/training';

/** A model's predictions of images, dropout off, and the metrics that follow. */
export interface ImagesEvaluation {
  /** float32 [images, classes]; with test-time augmentation, the mean of those of the views. */
  readonly logits: Float32Array;
  readonly report: EvaluationReport;
  /** In the order of the images. */
  readonly predictions: Predictions;
}

/** Options of {@link evaluateImages}. */
export interface EvaluateImagesOptions extends EvaluateOptions {
  /** The views of each image, and the data format of the batches; the images as they are when left out. */
  readonly views?:
    | { readonly testTimeAugmentation: TestTimeAugmentation; readonly dataFormat: DataFormat }
    | undefined;
}

/** Returns the views that a run is evaluated with. */
export const viewsOf = ({
  testTimeAugmentation,
  model: { dataFormat },
}: RunConfig): NonNullable<EvaluateImagesOptions['views']> => ({ testTimeAugmentation, dataFormat });

/**
 * Evaluates a model on images that it was not trained on. With test-time augmentation its answer to an image is the mean
 * of its logits of several views.
 *
 * @param classNames In the order of the labels.
 * @throws The signal's reason, between batches, once it is aborted; ConfigError when images are too small for a view.
 */
export const evaluateImages = async (
  replica: Replica,
  images: BatchSource<ClassIndices>,
  classNames: readonly string[],
  { views, ...options }: EvaluateImagesOptions = {},
): Promise<ImagesEvaluation> => {
  const { testTimeAugmentation, dataFormat } = views ?? asTheyAre;
  const { logits, labels } = await meanLogits(replica, images, { testTimeAugmentation, dataFormat }, options);
  return {
    logits,
    report: { ...evaluateLogits(logits, labels, classNames), testTimeAugmentation },
    predictions: predictionsOf(logits, labels, classNames.length),
  };
};

const asTheyAre = { testTimeAugmentation: 'none', dataFormat: 'channels_last' } as const;

/** Returns the weighted mean of the logits of all views, summed in float64. */
const meanLogits = async (
  replica: Replica,
  images: BatchSource<ClassIndices>,
  { testTimeAugmentation, dataFormat }: NonNullable<EvaluateImagesOptions['views']>,
  options: EvaluateOptions,
): Promise<{ logits: Float32Array; labels: ClassIndices }> => {
  const [first, ...others] = testTimeViews[testTimeAugmentation];
  const seen = await predictLogits(replica, viewedBatches(images, first!, dataFormat), options);
  if (others.length === 0) return seen;
  const sums = Float64Array.from(seen.logits, (logit) => first!.weight * logit);
  for (const view of others) {
    const { logits } = await predictLogits(replica, viewedBatches(images, view, dataFormat), options);
    for (let i = 0; i < sums.length; i++) sums[i]! += view.weight * logits[i]!;
  }
  return { logits: Float32Array.from(sums), labels: seen.labels };
};
