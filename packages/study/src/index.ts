export {
  type ArmAnalysis,
  analyzeStudy,
  type ComparisonAnalysis,
  type PooledTest,
  type StudyAnalysis,
} from './analysis/analysis.ts';
export { type ConfigDifference, configDifferences } from './analysis/config-differences.ts';
export { armCurve, type CurveFigure, type CurvePoint, figureAt } from './analysis/curves.ts';
export {
  type FigureKey,
  type FigureSummary,
  figureDefinitions,
  type RunFigures,
  type RunSummary,
} from './analysis/figures.ts';
export { FEWEST_PAIRS, type PairedDifference, pairedDifference } from './analysis/paired-difference.ts';
export type { Provenance } from './analysis/provenance.ts';
export { referenceVerdicts, verdictsOf } from './analysis/verdicts.ts';
export { type ArmGallery, type Mistake, MOST_PORTRAITS } from './report/arm-gallery.ts';
export type { RunState, StudyRun } from './store/study-run.ts';
export { studyJsonSchema } from './study/json-schema.ts';
export { type PlannedRun, planRuns } from './study/plan.ts';
export { shippedStudies } from './study/shipped.ts';
export {
  defineStudy,
  parseStudy,
  requireDistinct,
  type Study,
  type StudyArm,
  type StudyInput,
  studySchema,
} from './study/study.ts';
export { type SweepAxis, sweep } from './study/sweep.ts';
