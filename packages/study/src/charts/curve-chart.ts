import { areaY, dot, gridY, lineY, type Markish, plot, ruleY } from '@observablehq/plot';
import type { ArmAnalysis } from '../analysis/analysis.ts';
import type { CurveFigure, CurvePoint } from '../analysis/curves.ts';
import {
  addAxisTitle,
  addLegend,
  type ChartOptions,
  epochTicks,
  finish,
  frame,
  type LegendItem,
  legendHeight,
} from './frame.ts';
import { armColour } from './theme.ts';

/** What a chart of curves shows. */
export type CurveQuantity = 'accuracy' | 'loss';

const axisTitles: Readonly<Record<CurveQuantity, string>> = {
  accuracy: 'accuracy (fraction of images)',
  loss: 'loss (crossentropy, nats)',
};

const MARGIN = { left: 48, right: 14, bottom: 40 };

export interface CurveChartOptions extends ChartOptions {
  /** Leave the training curves out, where there are many arms. */
  readonly validationOnly?: boolean;
}

/** Bands of so many runs are as narrow as differences between arms. */
const FEWEST_RUNS = 5;

/**
 * Training (dashed) and validation (solid) curves of arms over epochs: the mean over seeds with its 95% band. On
 * the validation curve a circle is where validation loss is lowest, a diamond where overfitting has set in.
 */
export const curveChart = (
  arms: readonly ArmAnalysis[],
  quantity: CurveQuantity,
  { validationOnly = false, ...options }: CurveChartOptions = {},
): SVGSVGElement => {
  const { width = 640 } = options;
  const shown = arms.filter(({ runs }) => runs.length > 0);
  const figures: CurveFigure[] = validationOnly ? [`val_${quantity}`] : [quantity, `val_${quantity}`];
  const legend = legendOf(shown, validationOnly);
  const innerWidth = width - MARGIN.left - MARGIN.right;
  const top = legendHeight(legend, innerWidth) + 32;
  const lastEpoch = Math.max(1, ...shown.flatMap(({ runs }) => runs.map(({ epochs }) => epochs)));
  const extent = shown.flatMap(({ curves, runs }) =>
    figures.flatMap((figure) =>
      curves[figure].flatMap(({ mean, band }) =>
        // A band of two seeds reaches far beyond its curve, and does not decide what is shown.
        band && runs.length >= FEWEST_RUNS ? [mean, band.lower, band.upper] : [mean],
      ),
    ),
  );
  const label = `${validationOnly ? 'validation ' : ''}${axisTitles[quantity]}`;
  const svg = plot({
    ...frame({ ...options, width }),
    height: top + 300 + MARGIN.bottom,
    marginTop: top,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginBottom: MARGIN.bottom,
    x: {
      label: 'epoch',
      labelAnchor: 'center',
      labelArrow: 'none',
      domain: [1, lastEpoch],
      ticks: epochTicks(lastEpoch),
      tickFormat: 'd',
    },
    y: {
      label: null,
      nice: true,
      domain: [Math.min(...extent, quantity === 'loss' ? 0 : 1), Math.max(...extent)],
    },
    marks: [
      gridY({ stroke: 'var(--grid)', strokeOpacity: 1 }),
      ...(quantity === 'loss' ? [ruleY([0], { stroke: 'var(--muted)' })] : []),
      ...shown.flatMap((arm) => figures.flatMap((figure) => curveOf(arm, figure))),
      ...(validationOnly ? [] : shown.flatMap((arm) => marksOf(arm, quantity))),
    ],
  }) as SVGSVGElement;
  addAxisTitle(svg, label, top);
  addLegend(svg, legend, { left: MARGIN.left, width: innerWidth });
  return finish(svg, `${label} by epoch: ${shown.map(({ title }) => title).join(', ')}`);
};

const curveOf = ({ curves, index }: ArmAnalysis, figure: CurveFigure): Markish[] => {
  const stroke = armColour(index);
  const line = figure.startsWith('val_')
    ? { stroke, strokeWidth: 2.5 }
    : { stroke, strokeWidth: 1.5, strokeDasharray: '4 3' };
  return [
    areaY(
      curves[figure].filter(({ band }) => band !== undefined),
      {
        x: 'epoch',
        y1: (point: CurvePoint) => point.band!.lower,
        y2: (point: CurvePoint) => point.band!.upper,
        fill: stroke,
        fillOpacity: 0.16,
        clip: true,
      },
    ),
    lineY(curves[figure], { x: 'epoch', y: 'mean', ...line }),
  ];
};

const marksOf = ({ curves, index, marks }: ArmAnalysis, quantity: CurveQuantity): Markish[] => {
  const at = (epoch: number | undefined) =>
    curves[`val_${quantity}`].filter((point) => point.epoch === epoch);
  const look = {
    x: 'epoch',
    y: 'mean',
    fill: armColour(index),
    stroke: 'var(--paper)',
    strokeWidth: 1.5,
  };
  return [
    dot(at(marks.lowestLossEpoch), { ...look, r: 5.5 }),
    dot(at(marks.onset), { ...look, symbol: 'diamond', r: 6.5 }),
  ];
};

const legendOf = (arms: readonly ArmAnalysis[], validationOnly: boolean): LegendItem[] => {
  const ofArms = arms.map(
    ({ title, index }): LegendItem => ({ label: title, colour: armColour(index), key: 'line' }),
  );
  const colour = 'var(--muted)';
  const hasOnset = arms.some(({ marks }) => marks.onset !== undefined);
  if (validationOnly) return ofArms;
  return [
    ...ofArms,
    { label: 'validation', colour, key: 'line' },
    { label: 'training', colour, key: 'dashes' },
    { label: 'lowest validation loss', colour, key: 'circle' },
    ...(hasOnset ? [{ label: 'overfitting sets in', colour, key: 'diamond' } as const] : []),
  ];
};
