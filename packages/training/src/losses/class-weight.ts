import type { Batch } from '@dropout-lab/contracts';
import { TrainingError } from '../errors.ts';
import type { Objective } from '../objective.ts';

type ClassWeight = readonly number[] | null | undefined;

/**
 * Returns the weights of the classes, if there are any.
 *
 * @param classWeight `balanced` has to be counted by whoever has all labels, before.
 * @throws TrainingError when there is not one weight for each class, or the model has no classes.
 */
export const requireClassWeight = (
  classWeight: ClassWeight | 'balanced',
  { outputShape, units, loss }: Objective,
): ClassWeight => {
  if (!classWeight) return undefined;
  if (classWeight === 'balanced') {
    throw new TrainingError(
      'classWeight: expected a number for each class, found "balanced": take the classWeight of prepareRunData in @dropout-lab/data, which counts the images',
    );
  }
  const isBinary = units === 1 && loss.name === 'binary_crossentropy';
  const classes = isBinary ? 2 : units;
  if (outputShape.length > 1 || (units === 1 && !isBinary)) {
    throw new TrainingError(
      `classWeight: expected a model with one class for each image, found outputs of shape [${outputShape}]: weight images by sampleWeights of the batches`,
    );
  }
  if (
    classWeight.length !== classes ||
    classWeight.some((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
  ) {
    throw new TrainingError(
      `classWeight: expected ${classes} numbers of at least 0, one for each class, found [${classWeight}]`,
    );
  }
  return classWeight;
};

/**
 * Returns a batch with sample weights times the weights of the classes, as Keras's `fit(class_weight=)`.
 *
 * @throws TrainingError when its labels are not classes.
 */
export const weighted = (batch: Batch, classWeight: ClassWeight): Batch => {
  if (!classWeight) return batch;
  const { labels, sampleWeights } = batch;
  if (labels instanceof Float32Array) {
    throw new TrainingError(
      'classWeight: expected class indices as labels, found numbers: weight images by sampleWeights of the batches',
    );
  }
  return {
    ...batch,
    sampleWeights: Float32Array.from(labels, (label, i) => classWeight[label]! * (sampleWeights?.[i] ?? 1)),
  };
};
