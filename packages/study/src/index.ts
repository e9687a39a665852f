export { type ConfigDifference, configDifferences } from './config-differences.ts';
export { armCurve, type CurveFigure, type CurvePoint, figureAt } from './curves.ts';
export { lowestValidationLoss, overfittingOnset } from './overfitting.ts';
export { FEWEST_PAIRS, type PairedDifference, pairedDifference } from './paired-difference.ts';
