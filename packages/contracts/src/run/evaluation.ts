import { z } from 'zod';
import { testTimeAugmentationSchema } from '../families/augmentations.ts';
import { numberOrNaN } from '../settings/numbers.ts';

const classReportSchema = z.object({
  className: z.string(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  /** Number of images of this class. */
  support: z.number().int(),
});

const reliabilityBinSchema = z.object({
  /** Confidence interval (lower, upper] of the bin. */
  lower: z.number(),
  upper: z.number(),
  count: z.number().int(),
  /** Mean top-label probability in the bin; 0 when empty. */
  confidence: numberOrNaN,
  /** Fraction of the bin classified correctly; 0 when empty. */
  accuracy: z.number(),
});

/** `evaluation.json`: a model's metrics on a labelled set, dropout off. */
export const evaluationReportSchema = z.object({
  count: z.number().int(),
  /** Mean categorical crossentropy from logits, in nats: also the negative log likelihood. */
  loss: numberOrNaN,
  accuracy: z.number(),
  top3Accuracy: z.number(),
  /** Mean squared distance between probabilities and one-hot target, 0..2 (Brier 1950). */
  brierScore: numberOrNaN,
  /** Expected calibration error on the top label, 15 equal-width bins (Guo et al. 2017). */
  expectedCalibrationError: numberOrNaN,
  reliability: z.array(reliabilityBinSchema),
  /** `confusion[t][p]`: images of class t predicted as p. */
  confusion: z.array(z.array(z.number().int())),
  classes: z.array(classReportSchema),
  /** The views whose logits were averaged; earlier evaluations had one. */
  testTimeAugmentation: testTimeAugmentationSchema.default('none'),
});

/** A trained model's metrics on the test images; see {@link evaluationReportSchema} for each of them. */
export type EvaluationReport = z.output<typeof evaluationReportSchema>;
/** One bin of a reliability chart: how confident the model was, and how often it was right. */
export type ReliabilityBin = z.output<typeof reliabilityBinSchema>;
/** Precision, recall and F1 of one class. */
export type ClassReport = z.output<typeof classReportSchema>;
