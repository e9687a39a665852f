import { dot, gridY, lineY, plot, ruleX } from '@observablehq/plot';
import type { ArmAnalysis } from '../analysis/analysis.ts';
import { type FigureKey, figureDefinitions } from '../analysis/figures.ts';
import { addAxisTitle, type ChartOptions, finish, frame } from './frame.ts';
import { armColour } from './theme.ts';

const MARGIN = { left: 56, right: 14, top: 30, bottom: 40 };

/**
 * A figure by the value of the setting that a sweep varies: a dot for each run, the line through the means. The
 * best value is ringed.
 *
 * @param values The setting's, of each arm.
 */
export const sweepChart = (
  arms: readonly ArmAnalysis[],
  values: readonly number[],
  { setting, figure: key }: { readonly setting: string; readonly figure: FigureKey },
  options: ChartOptions = {},
): SVGSVGElement => {
  const { title, better } = figureDefinitions.find((figure) => figure.key === key)!;
  const runs = arms.flatMap((arm, i) =>
    arm.runs.map(({ figures }) => ({
      value: values[i]!,
      figure: figures[key],
      colour: armColour(arm.index),
    })),
  );
  const means = arms
    .map((arm, i) => ({ value: values[i]!, figure: arm.figures[key].mean }))
    .filter(({ figure }) => Number.isFinite(figure))
    .sort((a, b) => a.value - b.value);
  const ordered = [...means].sort((a, b) => a.figure - b.figure);
  const best = better === 'higher' ? ordered.at(-1) : ordered[0];
  const svg = plot({
    ...frame({ width: 460, ...options }),
    height: MARGIN.top + 240 + MARGIN.bottom,
    marginTop: MARGIN.top,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginBottom: MARGIN.bottom,
    x: { label: setting, labelAnchor: 'center', labelArrow: 'none', inset: 12 },
    y: { label: null, nice: true, inset: 6 },
    color: { type: 'identity' },
    marks: [
      gridY({ stroke: 'var(--grid)', strokeOpacity: 1 }),
      ruleX(best ? [best.value] : [], { stroke: 'var(--muted)', strokeDasharray: '4 3' }),
      lineY(means, { x: 'value', y: 'figure', stroke: 'var(--muted)', strokeWidth: 1.5 }),
      dot(runs, { x: 'value', y: 'figure', fill: 'colour', r: 5 }),
      dot(best ? [best] : [], { x: 'value', y: 'figure', stroke: 'var(--ink)', strokeWidth: 2, r: 9 }),
    ],
  }) as SVGSVGElement;
  addAxisTitle(svg, title, MARGIN.top);
  return finish(svg, `${title} by ${setting}`);
};
