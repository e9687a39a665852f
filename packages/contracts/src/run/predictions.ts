import { z } from 'zod';

const classIndex = z.number().int().min(0);

/** The most likely class of each image of a split, in its order, beside the true one. */
export const answersSchema = z
  .object({
    /** True classes. */
    labels: z.array(classIndex),
    /** Most likely classes. */
    predicted: z.array(classIndex),
  })
  .refine(
    ({ labels, predicted }) => labels.length === predicted.length,
    'expected as many labels as predicted classes',
  );

/**
 * `predictions.json`: a model's prediction for each test image, dropout off. All three lists are in the order of the
 * test set.
 */
export const predictionsSchema = z
  .object({
    /** True classes. */
    labels: z.array(classIndex),
    /** Most likely classes. */
    predicted: z.array(classIndex),
    /** Probability of the most likely class, 0..1, to four digits; 0 where a diverged model gives none. */
    confidence: z.array(z.number().min(0).max(1)),
    /**
     * Those of the validation images, without test-time augmentation; absent where there are none, and in earlier runs,
     * which did not keep them.
     */
    validation: answersSchema.optional(),
  })
  .refine(
    ({ labels, predicted, confidence }) =>
      labels.length === predicted.length && labels.length === confidence.length,
    'expected as many labels as predicted classes and confidences',
  );

/** A model's predictions for a set of images; see {@link predictionsSchema}. */
export type Predictions = z.output<typeof predictionsSchema>;
/** The most likely class of each image, in the order of their split, beside the true one. */
export type Answers = z.output<typeof answersSchema>;
