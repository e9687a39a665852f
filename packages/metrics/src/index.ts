export { type BootstrapOptions, bootstrapMeanInterval, type ConfidenceInterval } from './bootstrap.ts';
export { brierScore, type Calibration, calibrationOf } from './calibration.ts';
export {
  accuracy,
  crossentropyFromLogits,
  generalizationGap,
  predictedClasses,
  softmax,
  topKAccuracy,
} from './classification.ts';
export { comparePairs, type PairedComparison } from './comparison.ts';
export { classReports, confusionMatrix } from './confusion.ts';
export { MetricsError } from './errors.ts';
export { evaluateLogits } from './evaluate.ts';
export { predictionsOf } from './predictions.ts';
export { addBatch, noImagesYet, type RunningTotals, runningMeans, runningMetrics } from './running-means.ts';
export { standardDeviation } from './sample.ts';
export { signFlipPValue } from './sign-flip.ts';
export { studentMeanInterval } from './student.ts';
export { weightNorms } from './weight-norms.ts';
