export {
  type ArmAnalysis,
  type ArmCurves,
  analyzeStudy,
  type ComparisonAnalysis,
  type PooledTest,
  type StudyAnalysis,
} from './analysis/analysis.ts';
export {
  type ArmComparison,
  type ComparedArm,
  type Correction,
  compareArms,
  corrected,
} from './analysis/arm-comparison.ts';
export { armHues, hasDropout, WITH_DROPOUT, WITHOUT_DROPOUT } from './analysis/arm-hues.ts';
export { armCurve, type CurveMetric, type CurvePoint, metricAt } from './analysis/curves.ts';
export {
  type MetricKey,
  type MetricSummary,
  metricDefinitions,
  type RunMetrics,
  type RunSummary,
} from './analysis/metrics.ts';
export type { ComparedModel, ComparedSplit, ModelDifference } from './analysis/model-difference.ts';
export { type Overfitting, overfittingInWords } from './analysis/overfitting.ts';
export {
  FEWEST_PAIRS,
  type PairedDifference,
  pairedDifference,
  type SeedStatistics,
} from './analysis/paired-difference.ts';
export type { Provenance } from './analysis/provenance.ts';
export { measuredSpread, type SeedSpread, spreadOf } from './analysis/seed-spread.ts';
export { type Verdict, verdictOf, verdictParts } from './analysis/verdict.ts';
export { referenceVerdicts, verdictsOf } from './analysis/verdicts.ts';
export { formatPercent } from './format.ts';
export { MOST_STUDY_BYTES, readStudyRecord, STUDY_RECORD } from './store/study-record.ts';
export type { RunState, StudyRun } from './store/study-run.ts';
export { studyJsonSchema } from './study/json-schema.ts';
export { type PlannedRun, planRuns } from './study/plan.ts';
export { shippedStudies } from './study/shipped.ts';
export {
  defineStudy,
  MOST_SEEDS,
  parseStudy,
  type Reference,
  requireDistinct,
  type Study,
  type StudyArm,
  type StudyInput,
  studySchema,
} from './study/study.ts';
export { type SweepAxis, sweep } from './study/sweep.ts';
