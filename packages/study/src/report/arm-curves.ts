import type { Curve } from '@dropout-lab/charts';
import type { ArmAnalysis } from '../analysis/analysis.ts';
import type { CurveMetric } from '../analysis/curves.ts';

/** Of arms with finished runs: validation, with its marks, and training. */
export const curvesOfArms = (arms: readonly ArmAnalysis[], metric: 'accuracy' | 'loss'): Curve[] =>
  withRuns(arms).flatMap((arm) => [
    { ...curveOf(arm, `val_${metric}`), lowest: arm.marks.lowestLossEpoch, onset: arm.marks.onset },
    { ...curveOf(arm, metric), dashed: true },
  ]);

/** The same without training and marks, where there are many arms. */
export const validationCurves = (arms: readonly ArmAnalysis[], metric: 'accuracy' | 'loss'): Curve[] =>
  withRuns(arms).map((arm) => curveOf(arm, `val_${metric}`));

const withRuns = (arms: readonly ArmAnalysis[]): ArmAnalysis[] => arms.filter(({ runs }) => runs.length > 0);

const curveOf = ({ title, index, curves }: ArmAnalysis, metric: CurveMetric): Curve => ({
  label: title,
  arm: index,
  points: curves[metric].map(({ epoch, mean, band }) => ({ x: epoch, y: mean, band })),
});
