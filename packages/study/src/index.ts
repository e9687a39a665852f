export {
  type ArmAnalysis,
  analyzeStudy,
  type ComparisonAnalysis,
  type PooledTest,
  type StudyAnalysis,
} from './analysis.ts';
export { type ConfigDifference, configDifferences } from './config-differences.ts';
export { armCurve, type CurveFigure, type CurvePoint, figureAt } from './curves.ts';
export {
  type FigureKey,
  type FigureSummary,
  figureDefinitions,
  type RunFigures,
  type RunSummary,
} from './figures.ts';
export { studyJsonSchema } from './json-schema.ts';
export { lowestValidationLoss, overfittingOnset } from './overfitting.ts';
export { FEWEST_PAIRS, type PairedDifference, pairedDifference } from './paired-difference.ts';
export { type PlannedRun, planRuns } from './plan.ts';
export type { Provenance } from './provenance.ts';
export { type ArmGallery, type Mistake, MOST_PORTRAITS } from './report/arm-gallery.ts';
export { shippedStudies } from './shipped.ts';
export {
  defineStudy,
  parseStudy,
  requireDistinct,
  type Study,
  type StudyArm,
  type StudyInput,
  studySchema,
} from './study.ts';
export type { RunState, StudyRun } from './study-run.ts';
export { type SweepAxis, sweep } from './sweep.ts';
export { referenceVerdicts, verdictsOf } from './verdicts.ts';
