import { mean } from '@dropout-lab/metrics';
import { dot, gridY, lineY, plot, ruleX } from '@observablehq/plot';
import { addAxisTitle, type ChartOptions, finish, frame, gridLines } from './parts/frame.ts';
import { armColour } from './theme/colours.ts';

const MARGIN = { left: 56, right: 14, top: 30, bottom: 40 };

/** A value of the setting that a sweep varies. */
export interface SweepArm {
  readonly value: number;
  /** Place among the arms, which gives its colour. */
  readonly arm: number;
  /** Of each run; those that are not finite are left out. */
  readonly metrics: readonly number[];
}

export interface SweepChartOptions extends ChartOptions {
  /** The setting that varies: `model.dropout.rate`. */
  readonly setting: string;
  /** The metric, for a person. */
  readonly title: string;
  /** Of the metric: a fraction 0..1 is written in percent. */
  readonly unit: 'fraction' | 'nats' | 'seconds';
  /** Which mean is ringed; undefined where neither way is better. */
  readonly better: 'higher' | 'lower' | undefined;
}

/** A metric by the value of a setting: a dot for each run, the line through the means. The best mean is ringed. */
export const sweepChart = (arms: readonly SweepArm[], options: SweepChartOptions): SVGSVGElement => {
  const { setting, title, unit, better } = options;
  const runs = arms.flatMap(({ value, arm, metrics }) =>
    metrics.filter(Number.isFinite).map((metric) => ({ value, metric, colour: armColour(arm) })),
  );
  const means = arms
    .map(({ value, metrics }) => ({ value, metric: mean(metrics.filter(Number.isFinite)) }))
    .filter(({ metric }) => Number.isFinite(metric))
    .sort((a, b) => a.value - b.value);
  const ordered = [...means].sort((a, b) => a.metric - b.metric);
  const best = better && ordered.at(better === 'higher' ? -1 : 0);
  const svg = plot({
    ...frame({ width: 460, ...options }),
    height: MARGIN.top + 240 + MARGIN.bottom,
    marginTop: MARGIN.top,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginBottom: MARGIN.bottom,
    x: { label: setting, labelAnchor: 'center', labelArrow: 'none', inset: 12 },
    y: {
      label: null,
      nice: true,
      inset: 6,
      ticks: 5,
      ...(unit === 'fraction' && { tickFormat: '%' }),
    },
    color: { type: 'identity' },
    marks: [
      gridY({ ...gridLines, ticks: 5 }),
      ruleX(best ? [best.value] : [], { stroke: 'var(--muted)', strokeDasharray: '4 3' }),
      lineY(means, { x: 'value', y: 'metric', stroke: 'var(--muted)', strokeWidth: 1.5 }),
      dot(runs, { x: 'value', y: 'metric', fill: 'colour', r: 5 }),
      dot(best ? [best] : [], { x: 'value', y: 'metric', stroke: 'var(--ink)', strokeWidth: 2, r: 9 }),
    ],
  }) as SVGSVGElement;
  addAxisTitle(svg, title, MARGIN.top);
  return finish(svg, `${title} by ${setting}`);
};
