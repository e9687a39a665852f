export {
  type ArmAnalysis,
  analyzeStudy,
  type ComparisonAnalysis,
  type PooledTest,
  type StudyAnalysis,
} from './analysis/analysis.ts';
export { armCurve, type CurveMetric, type CurvePoint, metricAt } from './analysis/curves.ts';
export {
  type MetricKey,
  type MetricSummary,
  metricDefinitions,
  type RunMetrics,
  type RunSummary,
} from './analysis/metrics.ts';
export { FEWEST_PAIRS, type PairedDifference, pairedDifference } from './analysis/paired-difference.ts';
export type { Provenance } from './analysis/provenance.ts';
export { referenceVerdicts, verdictsOf } from './analysis/verdicts.ts';
export type { RunState, StudyRun } from './store/study-run.ts';
export { studyJsonSchema } from './study/json-schema.ts';
export { type PlannedRun, planRuns } from './study/plan.ts';
export { shippedStudies } from './study/shipped.ts';
export {
  defineStudy,
  MOST_SEEDS,
  parseStudy,
  requireDistinct,
  type Study,
  type StudyArm,
  type StudyInput,
  studySchema,
} from './study/study.ts';
export { type SweepAxis, sweep } from './study/sweep.ts';
