import { OVERFITTING_RULE } from '@dropout-lab/metrics';
import {
  areaY,
  dot,
  gridY,
  lineY,
  type Markish,
  type PlotOptions,
  plot,
  rect,
  ruleY,
  text,
} from '@observablehq/plot';
import { addAxisTitle, addText, type ChartOptions, finish, frame, gridLines } from './parts/frame.ts';
import { addLegend, type LegendItem, legendHeight } from './parts/legend.ts';
import { thinned } from './parts/thinned.ts';
import { armColour } from './theme/colours.ts';

/** A point of a curve. */
export interface CurvePoint {
  /** Epoch from 1, or minutes of training. */
  readonly x: number;
  /** The value that the line goes through: of a run, a mean over runs, or smoothed. */
  readonly y: number;
  /** As it was recorded, where `y` is smoothed: a faint line. */
  readonly raw?: number | undefined;
  /** Confidence band of a mean. */
  readonly band?: { readonly lower: number; readonly upper: number } | undefined;
}

/** A curve of a chart. */
export interface Curve {
  readonly label: string;
  /** Place among the arms, which gives its colour. */
  readonly arm: number;
  /** Drawn with dashes: training, where validation is in the same chart. */
  readonly dashed?: boolean;
  /** By rising x. */
  readonly points: readonly CurvePoint[];
  /** x of lowest validation loss: a circle on the curve, with a label. */
  readonly lowest?: number | undefined;
  /** x from which the model overfits: the ground has the arm's tint from there on. */
  readonly onset?: number | undefined;
}

/** The quantities of curves: losses in nats, accuracies 0..1, training minus validation accuracy, learning rates. */
export type CurveQuantity = 'loss' | 'accuracy' | 'gap' | 'learning rate';

interface Quantity {
  readonly title: string;
  /** Of ticks; with the digits that they need when left out. */
  readonly tickFormat?: string;
  readonly hasZero: boolean;
}

const quantities: Readonly<Record<CurveQuantity, Quantity>> = {
  loss: { title: 'loss (crossentropy, nats)', hasZero: true },
  accuracy: { title: 'accuracy', tickFormat: '%', hasZero: false },
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
  /** Title and legend above the curves; false where the page around the chart has them. */
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

/** More curves are drawn with thinner lines. */
const MANY = 8;

/** Of more curves than this, the lowest have no labels, and the ground has no tints: they would cover each other. */
const MOST_LABELLED = 4;

/**
 * Curves over epochs or minutes, with their bands: validation solid, training dashed. A circle is where validation loss
 * is lowest; the ground is tinted from where a model overfits, and says there what that means.
 */
export const curveChart = (curves: readonly Curve[], options: CurveChartOptions): CurveDrawing => {
  const { width = 640, quantity, xLabel = 'epoch', log = false, from, to, hasLegend = true } = options;
  const { tickFormat, hasZero } = quantities[quantity];
  const { title } = options;
  const shown = curves.map((curve) => ({
    ...curve,
    points: curve.points
      .filter(isNear(from ?? Number.NEGATIVE_INFINITY, to ?? Number.POSITIVE_INFINITY))
      .filter(({ y, raw = y }) => !log || (y > 0 && raw > 0)),
  }));
  const legend = hasLegend ? legendOf(shown) : [];
  const innerWidth = width - MARGIN.left - MARGIN.right;
  const titleHeight = hasLegend && title !== undefined ? TITLE_HEIGHT : 0;
  const top = hasLegend ? titleHeight + legendHeight(legend, width) + 32 : MARGIN.top;
  const height = top - MARGIN.top + (options.height ?? Math.min(380, Math.round(0.55 * width)));
  const isIn = (x: number) => x >= (from ?? x) && x <= (to ?? x);
  const isLabelled = shown.filter(({ lowest }) => lowest !== undefined).length <= MOST_LABELLED;
  const isZoomed = (from ?? to ?? null) !== null;
  const axis = xAxis(shown, { ...{ from, to, xLabel }, width: innerWidth, reach: options.reach });
  const [first, last] = axis.domain;
  const domain = yDomain(shown, hasZero && !log && !isZoomed);
  const thin: Thin = (points, yOf) => thinned(points, first, last, innerWidth, yOf);
  const root = plot({
    ...frame({ ...options, width }),
    height,
    marginTop: top,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
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
      ...(isLabelled ? shown.flatMap((curve) => tintOf(curve, { from, to })) : []),
      gridY({ ...gridLines, ticks: 5 }),
      ...(hasZero && !log && !isZoomed ? [ruleY([0], { stroke: 'var(--muted)' })] : []),
      ...shown.map((curve) => bandOf(curve, thin)),
      ...shown.flatMap((curve) => linesOf(curve, thin, shown.length > MANY)),
      ...shown.map((curve) => lowestOf(curve, isIn)),
      ...(isLabelled ? shown.map((curve) => labelOf(curve, quantity, { x: xLabel, isIn, from, to })) : []),
    ],
  });
  const svg = root as unknown as SVGSVGElement;
  if (hasLegend) {
    addAxisTitle(svg, quantities[quantity].title, top);
    addLegend(svg, legend, width, titleHeight);
    if (title !== undefined) addText(svg, title, { x: 0, y: 14, 'font-weight': 600, 'font-size': 14 });
  }
  const names = [...new Set(curves.map(({ label }) => label))].join(', ');
  const [x, y] = (['x', 'y'] as const).map((name) => root.scale(name)!);
  return {
    svg: finish(svg, `${title ?? quantities[quantity].title} by ${xLabel}: ${names}`),
    area: { left: MARGIN.left, right: width - MARGIN.right, top, bottom: height - MARGIN.bottom },
    x: (value) => x!.apply(value) as number,
    xAt: (pixel) => x!.invert!(pixel) as number,
    y: (value) => y!.apply(value) as number,
  };
};

/** Returns the points in range and their neighbours: lines lead out of the chart, where they are clipped. */
const isNear = (from: number, to: number) => (_: CurvePoint, i: number, points: readonly CurvePoint[]) =>
  (points[i + 1] ?? points[i]!).x >= from && (points[i - 1] ?? points[i]!).x <= to;

/** Leaves out points that lie on the same pixels as others. */
type Thin = (points: readonly CurvePoint[], yOf: (point: CurvePoint) => number) => readonly CurvePoint[];

const yOf = ({ y }: CurvePoint): number => y;
const recordedOf = ({ y, raw = y }: CurvePoint): number => raw;

const bandOf = ({ points, arm }: Curve, thin: Thin): Markish =>
  areaY(
    thin(points, yOf).filter(({ band }) => band !== undefined),
    {
      x: 'x',
      y1: ({ band }: CurvePoint) => band!.lower,
      y2: ({ band }: CurvePoint) => band!.upper,
      fill: armColour(arm),
      fillOpacity: 0.16,
      clip: true,
    },
  );

const linesOf = ({ points, arm, dashed = false }: Curve, thin: Thin, areMany: boolean): Markish[] => {
  const line = { x: 'x', stroke: armColour(arm), clip: true } as const;
  return [
    ...(points.some(({ raw, y }) => raw !== undefined && raw !== y)
      ? [
          lineY(thin(points, recordedOf), {
            ...line,
            y: recordedOf,
            strokeWidth: 1,
            strokeOpacity: 0.3,
          }),
        ]
      : []),
    lineY(thin(points, yOf), {
      ...line,
      y: 'y',
      strokeWidth: areMany ? 1.25 : dashed ? 1.5 : 2,
      ...(dashed && { strokeDasharray: '4 3' }),
    }),
  ];
};

/** From the onset of overfitting to the end of the curve. */
const tintOf = ({ points, arm, onset }: Curve, { from, to }: Pick<Range, 'from' | 'to'>): Markish[] => {
  if (!points.some(({ x }) => x === onset)) return [];
  const [x1, x2] = [Math.max(onset!, from ?? onset!), Math.min(points.at(-1)!.x, to ?? points.at(-1)!.x)];
  if (x1 >= x2) return [];
  return [
    rect([{ x1, x2 }], {
      x1: 'x1',
      x2: 'x2',
      fill: armColour(arm),
      fillOpacity: 0.09,
      title: () => OVERFITTING_RULE,
    }),
  ];
};

const pointsAt = ({ points }: Curve, mark: number | undefined, isIn: (x: number) => boolean) =>
  points.filter(({ x }) => x === mark && isIn(x));

const lowestOf = (curve: Curve, isIn: (x: number) => boolean): Markish =>
  dot(pointsAt(curve, curve.lowest, isIn), {
    x: 'x',
    y: 'y',
    fill: armColour(curve.arm),
    stroke: 'var(--paper)',
    strokeWidth: 1.5,
    r: 5.5,
  });

interface LabelPlace extends Pick<Range, 'from' | 'to'> {
  readonly x: 'epoch' | 'minutes';
  readonly isIn: (x: number) => boolean;
}

/** Below the circle, where the curve of a loss leaves room, and within the chart. */
const labelOf = (curve: Curve, quantity: CurveQuantity, { x, isIn, from, to }: LabelPlace): Markish => {
  const first = from ?? curve.points[0]?.x ?? 0;
  const share = ((curve.lowest ?? 0) - first) / ((to ?? curve.points.at(-1)?.x ?? 1) - first);
  const what = quantity === 'loss' ? 'lowest' : 'lowest loss';
  return text(pointsAt(curve, curve.lowest, isIn), {
    x: 'x',
    y: 'y',
    text: (point: CurvePoint) =>
      `${what} at ${x === 'epoch' ? point.x : `${Math.round(point.x * 10) / 10} min`}`,
    textAnchor: share < 0.15 ? 'start' : share > 0.85 ? 'end' : 'middle',
    lineAnchor: 'top',
    dy: 10,
    fill: 'var(--ink)',
    stroke: 'var(--paper)',
    strokeWidth: 4,
  });
};

interface Range extends Pick<CurveChartOptions, 'reach' | 'xLabel'> {
  readonly from: number | null | undefined;
  readonly to: number | null | undefined;
  /** In pixels. */
  readonly width: number;
}

const NO_REACH = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const;

interface Axis extends Pick<NonNullable<PlotOptions['x']>, 'ticks' | 'tickFormat'> {
  readonly domain: [first: number, last: number];
}

const xAxis = (curves: readonly Curve[], { from, to, width, xLabel, reach = NO_REACH }: Range): Axis => {
  const ends = curves.flatMap(({ points }) => (points.length > 0 ? [points[0]!.x, points.at(-1)!.x] : []));
  const [first, last] = [from ?? Math.min(reach[0], ...ends), to ?? Math.max(reach[1], ...ends)];
  const most = Math.max(2, Math.min(8, Math.floor(width / 50)));
  if (!(Number.isFinite(first) && Number.isFinite(last))) return { domain: [1, 2], ticks: [] };
  return {
    // A single epoch has a width, too.
    domain: [first, last > first ? last : first + 1],
    ...(xLabel === 'epoch' ? { ticks: epochTicks(first, last, most), tickFormat: 'd' } : { ticks: most }),
  };
};

/** Whole epochs, as many as there is room for: the first, and multiples of a round number. */
const epochTicks = (first: number, last: number, most: number): number[] => {
  const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  const step = sizes.find((size) => (last - first) / size <= most) ?? Math.ceil((last - first) / most);
  const from = Math.ceil(first / step);
  const multiples = Array.from({ length: Math.floor(last / step) - from + 1 }, (_, i) => (from + i) * step);
  return first === 1 ? [...new Set([1, ...multiples])] : multiples;
};

/** A band of two runs reaches far beyond its curve: bands widen a chart by no more than this part of its curves. */
const MOST_BAND = 0.3;

interface Domain {
  readonly domain: readonly number[];
  readonly ticks?: number[];
}

/** Whether an axis leads to numbers that are too long to be written out: losses of a run that diverges. */
const isHuge = ({ domain }: Domain): boolean => domain.some((end) => Math.abs(end) >= 1e5);

/** Returns `0.5`, `20000`, `1e36`. */
const shortNumber = (value: number): string => {
  const short = Number(value.toPrecision(6));
  return Math.abs(short) < 1e5 ? `${short}` : short.toExponential().replace('e+', 'e');
};

const yDomain = (curves: readonly Curve[], hasZero: boolean): Domain => {
  const points = curves.flatMap((curve) => curve.points);
  if (points.length === 0) return { domain: [0, 1], ticks: [] };
  const start = hasZero ? 0 : yOf(points[0]!);
  let [low, high] = [start, start];
  let [lowest, highest] = [low, high];
  // One by one: a list of the values of hundreds of runs is too long for the arguments of a call.
  for (const { y, raw = y, band } of points) {
    low = Math.min(low, y, raw);
    high = Math.max(high, y, raw);
    lowest = Math.min(lowest, band?.lower ?? y);
    highest = Math.max(highest, band?.upper ?? y);
  }
  const reach = MOST_BAND * (high - low);
  const lower = Math.max(low - reach, Math.min(low, lowest));
  const upper = Math.min(high + reach, Math.max(high, highest));
  // Curves that are all of one value lie in the middle.
  return { domain: upper > lower ? [hasZero && low >= 0 ? 0 : lower, upper] : [lower - 0.5, upper + 0.5] };
};

const legendOf = (curves: readonly Curve[]): LegendItem[] => {
  const colour = 'var(--muted)';
  const items = new Map<string, LegendItem>();
  let arePairs = false;
  for (const { label, arm, dashed } of curves) {
    const name = `${arm} ${label}`;
    // An arm's two curves under one name: a line for the arm, and which of them is training.
    if (items.has(name)) arePairs ||= dashed === true;
    else items.set(name, { label, colour: armColour(arm), key: dashed ? 'dashes' : 'line' });
  }
  const isMarked = (mark: 'lowest' | 'onset') =>
    curves.some((curve) => curve.points.some(({ x }) => x === curve[mark]));
  const isTinted =
    isMarked('onset') && curves.filter(({ lowest }) => lowest !== undefined).length <= MOST_LABELLED;
  return [
    ...items.values(),
    ...(arePairs
      ? [
          { label: 'validation', colour, key: 'line' } as const,
          { label: 'training', colour, key: 'dashes' } as const,
        ]
      : []),
    ...(isMarked('lowest') ? [{ label: 'lowest validation loss', colour, key: 'circle' } as const] : []),
    ...(isTinted ? [{ label: 'overfitting', colour: 'var(--grid)', key: 'bar' } as const] : []),
  ];
};
