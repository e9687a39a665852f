export { brierScore, type Calibration, calibrationOf } from './calibration.ts';
export {
  accuracy,
  crossentropyFromLogits,
  predictedClasses,
  softmax,
  topKAccuracy,
} from './classification.ts';
export { classReports, confusionMatrix } from './confusion.ts';
export { MetricsError } from './errors.ts';
export { evaluateLogits } from './evaluate.ts';
export { type AveragedPrediction, averagePredictions } from './monte-carlo.ts';
export {
  type EpochLosses,
  type EpochMarks,
  lowestValidationLoss,
  medianMarks,
  OVERFITTING_RULE,
  overfittingOnset,
} from './overfitting.ts';
export { mostConfident, predictionsOf } from './predictions.ts';
export { type RejectionCurve, type RejectionPoint, rejectionCurve } from './rejection.ts';
export { addBatch, type RunningTotals, runningMeans, runningMetrics, zeroTotals } from './running-means.ts';
export {
  type BootstrapOptions,
  bootstrapMeanInterval,
  type ConfidenceInterval,
} from './statistics/bootstrap.ts';
export { comparePairs, type PairedComparison } from './statistics/comparison.ts';
export { holmAdjusted } from './statistics/holm.ts';
export { type DiscordantCounts, type McNemarTest, mcnemarTest } from './statistics/mcnemar.ts';
export { permutationPValue } from './statistics/permutation.ts';
export {
  independentDifferenceInterval,
  type PairedCounts,
  type Proportion,
  pairedDifferenceInterval,
  twoProportionPValue,
  wilsonInterval,
} from './statistics/proportions.ts';
export { mean, median, standardDeviation } from './statistics/sample.ts';
export { signFlipPValue } from './statistics/sign-flip.ts';
export { studentMeanInterval, studentPValue } from './statistics/student.ts';
export { atTemperature, type FittedTemperature, fitTemperature } from './temperature.ts';
export { weightNorms } from './weight-norms.ts';
