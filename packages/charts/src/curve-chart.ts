import { gridY, plot, ruleY } from '@observablehq/plot';
import type { Curve, CurvePoint } from './curves/curve.ts';
import { isHuge, roomForLastTick, shortNumber, xAxis, yDomain } from './curves/curve-axes.ts';
import { addEnds, addLowest, roomForEnds } from './curves/curve-labels.ts';
import { legendOf } from './curves/curve-legend.ts';
import { marksOf, type Thin } from './curves/curve-marks.ts';
import { addAxisTitle, addText, type ChartOptions, finish, frame, gridLines } from './parts/frame.ts';
import { addLegend, legendHeight } from './parts/legend.ts';
import { thinned } from './parts/thinned.ts';

/** The quantities of curves: losses in nats, accuracies 0..1, training minus validation accuracy, learning rates. */
export type CurveQuantity = 'loss' | 'accuracy' | 'gap' | 'learning rate';

interface Quantity {
  readonly title: string;
  /** Of ticks; with the digits that they need when left out. */
  readonly tickFormat?: string;
  readonly hasZero: boolean;
  /** Between which all values are. */
  readonly bounds?: readonly [least: number, most: number];
}

const quantities: Readonly<Record<CurveQuantity, Quantity>> = {
  loss: { title: 'loss (crossentropy, nats)', hasZero: true },
  accuracy: { title: 'accuracy', tickFormat: '%', hasZero: false, bounds: [0, 1] },
  gap: { title: 'training minus validation accuracy', tickFormat: '%', hasZero: true },
  'learning rate': { title: 'learning rate', hasZero: true },
};

export interface CurveChartOptions extends ChartOptions {
  readonly quantity: CurveQuantity;
  /** Of the curves with their axes, without the legend, in CSS pixels. */
  readonly height?: number;
  /** The chart's name, above its legend; the y axis has that of the quantity. */
  readonly title?: string;
  /** The unit of the x axis. */
  readonly xLabel?: 'epoch' | 'minutes';
  /** Logarithmic y; what is not above zero is left out. */
  readonly log?: boolean;
  /** First and last x; all of them where null or left out. */
  readonly from?: number | null;
  readonly to?: number | null;
  /** The least part of the x axis that is shown: of a run in training as far as it will come, so that no axis moves. */
  readonly reach?: readonly [first: number, last: number] | undefined;
  /**
   * Title and legend above the curves; false where the page around the chart has them: a wide chart of a few curves then
   * has their names at their ends.
   */
  readonly hasLegend?: boolean;
}

/** A chart, and where values lie in it, for what a page draws over it. */
export interface CurveDrawing {
  readonly svg: SVGSVGElement;
  /** The curves' part of the chart, in pixels from its left and top. */
  readonly area: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  /** Pixels from the left of the chart for a value of the x axis. */
  readonly x: (value: number) => number;
  /** The value of the x axis for pixels from the left of the chart. */
  readonly xAt: (pixel: number) => number;
  /** Pixels from the top of the chart. */
  readonly y: (value: number) => number;
}

/** Of a chart's name above its legend. */
const TITLE_HEIGHT = 24;

const MARGIN = { left: 52, right: 14, top: 14, bottom: 38 };

/**
 * Curves over epochs or minutes, with their bands: validation solid, training dashed. A circle is where validation loss
 * is lowest; the gap to training, or else the ground, is tinted from where a model overfits, and says there what that means.
 */
export const curveChart = (curves: readonly Curve[], options: CurveChartOptions): CurveDrawing => {
  const { width = 640, quantity, xLabel = 'epoch', log = false, from, to, hasLegend = true } = options;
  const { tickFormat, hasZero, bounds } = quantities[quantity];
  const { title } = options;
  const canBeShown = ({ y, raw = y }: CurvePoint): boolean => !log || (y > 0 && raw > 0);
  const shown = curves.map((curve) => ({
    ...curve,
    points: curve.points
      .filter(isNear(from ?? Number.NEGATIVE_INFINITY, to ?? Number.POSITIVE_INFINITY))
      .filter(canBeShown),
    ...(curve.training && { training: curve.training.filter(canBeShown) }),
  }));
  const legend = hasLegend ? legendOf(shown) : [];
  const curvesHeight =
    (options.height ?? Math.min(380, Math.round(0.55 * width))) - MARGIN.top - MARGIN.bottom;
  const { reach } = options;
  const marginRight =
    Math.max(MARGIN.right, roomForLastTick(shown, { from, to, reach })) +
    (hasLegend ? 0 : roomForEnds(shown, width, curvesHeight));
  const innerWidth = width - MARGIN.left - marginRight;
  const titleHeight = hasLegend && title !== undefined ? TITLE_HEIGHT : 0;
  const top = hasLegend ? titleHeight + legendHeight(legend, width) + 32 : MARGIN.top;
  const height = top + curvesHeight + MARGIN.bottom;
  const isZoomed = (from ?? to ?? null) !== null;
  const axis = xAxis(shown, { ...{ from, to, xLabel }, width: innerWidth, reach });
  const [first, last] = axis.domain;
  const domain = yDomain(shown, {
    hasZero: hasZero && !log && !isZoomed,
    mayDiverge: quantity === 'loss' && !log,
    bounds,
  });
  const thin: Thin = (points, yOf) => thinned(points, first, last, innerWidth, yOf);
  const { ground, lines } = marksOf(shown, { thin, from, to });
  const root = plot({
    ...frame({ ...options, width }),
    height,
    marginTop: top,
    marginLeft: MARGIN.left,
    marginRight,
    marginBottom: MARGIN.bottom,
    x: {
      label: xLabel,
      labelAnchor: 'center',
      labelArrow: 'none',
      ...axis,
    },
    y: {
      label: null,
      type: log ? 'log' : 'linear',
      nice: !log,
      ticks: 5,
      ...domain,
      // Plot's own of a logarithmic axis writes 500m for 0.5, and of a linear one 9.999999999999999e+35.
      ...(log || isHuge(domain) ? { tickFormat: shortNumber } : tickFormat && { tickFormat }),
    },
    marks: [
      ...ground,
      gridY({ ...gridLines, ticks: 5 }),
      ...(hasZero && !log && !isZoomed ? [ruleY([0], { stroke: 'var(--muted)' })] : []),
      ...lines,
    ],
  });
  const svg = root as unknown as SVGSVGElement;
  const [xScale, yScale] = (['x', 'y'] as const).map((name) => root.scale(name)!);
  const area = { left: MARGIN.left, right: width - marginRight, top, bottom: height - MARGIN.bottom };
  const x = (value: number) => xScale!.apply(value) as number;
  const y = (value: number) => yScale!.apply(value) as number;
  addLowest(svg, shown, { area, width, x, y, isLoss: quantity === 'loss', xLabel });
  if (hasLegend) {
    addAxisTitle(svg, quantities[quantity].title, top);
    addLegend(svg, legend, width, titleHeight);
    if (title !== undefined) addText(svg, title, { x: 0, y: 14, 'font-weight': 600, 'font-size': 14 });
  } else addEnds(svg, shown, { area, width, x, y });
  const names = [...new Set(curves.map(({ label }) => label))].join(', ');
  return {
    svg: finish(svg, `${title ?? quantities[quantity].title} by ${xLabel}: ${names}`),
    area,
    x,
    xAt: (pixel) => xScale!.invert!(pixel) as number,
    y,
  };
};

/** Returns the points in range and their neighbours: lines lead out of the chart, where they are clipped. */
const isNear = (from: number, to: number) => (_: CurvePoint, i: number, points: readonly CurvePoint[]) =>
  (points[i + 1] ?? points[i]!).x >= from && (points[i - 1] ?? points[i]!).x <= to;
