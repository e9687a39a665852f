import { MOST_NAMED } from './readings.ts';
import type { Point, Series } from './series.ts';

/** Observable Plot, which is fetched when a chart is first shown. */
export type Plot = typeof import('@observablehq/plot');

/** What is drawn, and how. */
export interface CurvesOptions {
  readonly title: string;
  readonly series: readonly Series[];
  readonly xLabel: string;
  /** How a value is written; on the axis with as many digits as its ticks need. */
  readonly format: (value: number, digits?: number) => string;
  readonly log: boolean;
  /** First and last x; null for all. */
  readonly from: number | null;
  readonly to: number | null;
  /** In pixels. */
  readonly width: number;
}

/** Where values lie in a drawing, and what lies where. */
export interface Scale {
  /** Pixels from the left of the chart. */
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly xAt: (pixel: number) => number;
}

/** Height of a chart of a width, in pixels. */
export const heightOf = (width: number): number => Math.round(Math.min(380, Math.max(240, 0.45 * width)));

/** Room around the curves for what is written there, in pixels. */
export const MARGIN = { left: 52, right: 14, top: 14, bottom: 38 };

const MOST_DIGITS = 6;

const hueColor = (hue: number): string => `var(--hue-${hue})`;

/** Draws curves with their bands, axes and marks of overfitting. */
export const drawCurves = (plot: Plot, options: CurvesOptions): { svg: SVGElement; scale: Scale } => {
  const { series, xLabel, format, log, from, to, width, title } = options;
  const isIn = ({ x }: Point) => (from === null || x >= from) && (to === null || x <= to);
  // With the neighbours of what is in range: lines lead out of the chart, where they are clipped.
  const isNear = (_: Point, i: number, points: readonly Point[]) =>
    (from === null || (points[i + 1] ?? points[i]!).x >= from) &&
    (to === null || (points[i - 1] ?? points[i]!).x <= to);
  const rows = series.flatMap(({ key, hue, dashed, points }) =>
    points
      .filter(isNear)
      .filter(({ raw, y }) => !log || (raw > 0 && y > 0))
      .map((point) => ({ ...point, key, dashed, color: hueColor(hue) })),
  );
  const isSmooth = rows.some(({ raw, y }) => raw !== y);
  const banded = rows.flatMap(({ band, ...row }) => (band ? [{ ...row, ...band }] : []));
  const onsets = series.flatMap(({ onset, points, hue }) => {
    const point = onset === undefined ? undefined : points.find(({ x }) => x === onset);
    return point && isIn(point) ? [{ ...point, color: hueColor(hue) }] : [];
  });
  const line = { x: 'x', z: 'key', stroke: 'color', clip: true } as const;
  const lines = (dashed: boolean) =>
    plot.line(
      rows.filter((row) => (row.dashed ?? false) === dashed),
      {
        ...line,
        y: 'y',
        strokeWidth: series.length > MOST_NAMED ? 1.25 : 1.9,
        ...(dashed && { strokeDasharray: '4,3' }),
      },
    );
  const root = plot.plot({
    width,
    height: heightOf(width),
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    ariaLabel: title,
    x: {
      label: xLabel,
      labelArrow: 'none',
      ...axisOf(from, to, rows, width),
    },
    y: { label: null, type: log ? 'log' : 'linear', grid: true, ticks: 5, tickFormat: String, nice: !log },
    color: { type: 'identity' },
    marks: [
      plot.areaY(banded, {
        x: 'x',
        y1: 'lower',
        y2: 'upper',
        z: 'key',
        fill: 'color',
        fillOpacity: 0.16,
        clip: true,
      }),
      ...(isSmooth ? [plot.line(rows, { ...line, y: 'raw', strokeWidth: 1, strokeOpacity: 0.3 })] : []),
      lines(false),
      lines(true),
      plot.dot(onsets, {
        x: 'x',
        y: 'y',
        stroke: 'color',
        fill: 'var(--paper)',
        symbol: 'triangle',
        r: 5,
        strokeWidth: 2,
      }),
    ],
  });
  const svg = root as unknown as SVGElement;
  const [x, y] = (['x', 'y'] as const).map((name) => root.scale(name)!);
  // The pages' policy forbids inline styles; these are in the style sheet.
  svg.querySelector('style')?.remove();
  writeTicks(svg.querySelectorAll('g[aria-label="y-axis tick label"] text'), format);
  // One picture with one name; a name of a part, on an element without a role, is none.
  svg.setAttribute('role', 'img');
  for (const part of svg.querySelectorAll('g[aria-label]')) {
    part.classList.add(part.getAttribute('aria-label')!.replaceAll(' ', '-'));
    part.removeAttribute('aria-label');
  }
  return {
    svg,
    scale: {
      x: (value) => x!.apply(value) as number,
      y: (value) => y!.apply(value) as number,
      xAt: (pixel) => x!.invert!(pixel) as number,
    },
  };
};

/** Domain and number of ticks; epochs have no ticks between them. */
const axisOf = (from: number | null, to: number | null, rows: readonly { x: number }[], width: number) => {
  const xs = rows.map(({ x }) => x);
  const first = from ?? Math.min(...xs, Number.POSITIVE_INFINITY);
  const last = to ?? Math.max(...xs, Number.NEGATIVE_INFINITY);
  const ticks = Math.max(3, Math.floor(width / 90));
  if (!(Number.isFinite(first) && Number.isFinite(last) && last > first)) return { ticks };
  const areEpochs = xs.every(Number.isInteger);
  return {
    domain: [first, last],
    ticks: areEpochs ? Math.max(1, Math.min(ticks, Math.floor(last - first))) : ticks,
  };
};

/** Writes the numbers of an axis with the fewest digits that tell all of them exactly. */
const writeTicks = (labels: Iterable<Element>, format: CurvesOptions['format']): void => {
  // Plot leaves out the text of some where there are many.
  const written = [...labels].filter(({ textContent }) => textContent !== '');
  const values = written.map(({ textContent }) => Number(textContent));
  const read = (value: number, digits: number) => Number.parseFloat(format(value, digits));
  const isExact = (digits: number) =>
    values.every((value) => Math.abs(read(value, digits) - read(value, MOST_DIGITS)) < 1e-9);
  let digits = 0;
  while (digits < MOST_DIGITS && !isExact(digits)) digits++;
  for (const [i, label] of written.entries()) label.textContent = format(values[i]!, digits);
};
