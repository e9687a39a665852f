import type { Curve } from '@dropout-lab/charts';
import type { EpochMarks } from '@dropout-lab/metrics';
import type { ArmAnalysis, ArmCurves } from '../analysis/analysis.ts';
import type { CurveMetric } from '../analysis/curves.ts';
import { FEWEST_PAIRS } from '../analysis/paired-difference.ts';

/** Of arms with finished runs: validation, with its marks, and training. */
export const curvesOfArms = (arms: readonly ArmAnalysis[], metric: 'accuracy' | 'loss'): Curve[] =>
  withRuns(arms).flatMap((arm) =>
    linesOf(arm).flatMap(({ curves, lowestLossEpoch, onset }) => [
      { ...curveOf(arm, curves[`val_${metric}`]), lowest: lowestLossEpoch, onset },
      { ...curveOf(arm, curves[metric]), dashed: true },
    ]),
  );

/** The same without training and marks, where there are many arms. */
export const validationCurves = (arms: readonly ArmAnalysis[], metric: 'accuracy' | 'loss'): Curve[] =>
  withRuns(arms).flatMap((arm) => linesOf(arm).map(({ curves }) => curveOf(arm, curves[`val_${metric}`])));

/** Says for a caption which runs a line stands for. */
export const linesInWords = (arms: readonly ArmAnalysis[]): string => {
  const counts = withRuns(arms).map(({ runs }) => runs.length);
  const [areBands, areLines] = [
    counts.some((count) => count >= FEWEST_PAIRS),
    counts.some((count) => count > 1 && count < FEWEST_PAIRS),
  ];
  if (areBands && areLines) {
    return ` Lines are means over seeds, bands their 95% intervals; of arms with fewer than ${FEWEST_PAIRS} seeds each has a line.`;
  }
  if (areBands) return ' Lines are means over seeds, bands their 95% intervals.';
  return areLines ? ' Each seed has a line.' : '';
};

const withRuns = (arms: readonly ArmAnalysis[]): ArmAnalysis[] => arms.filter(({ runs }) => runs.length > 0);

/** The mean, or with few seeds the line of each: a band of two or three fills the chart. */
const linesOf = ({
  curves,
  runCurves,
  runs,
  marks,
}: ArmAnalysis): readonly (EpochMarks & { curves: ArmCurves })[] =>
  runCurves.length === 0
    ? [{ curves, ...marks }]
    : runCurves.map((ofRun, i) => {
        const { lowestLossEpoch, onset } = runs[i]!;
        return { curves: ofRun, lowestLossEpoch, onset };
      });

const curveOf = ({ title, hue }: ArmAnalysis, points: ArmCurves[CurveMetric]): Curve => ({
  label: title,
  arm: hue,
  points: points.map(({ epoch, mean, band }) => ({ x: epoch, y: mean, band })),
});
