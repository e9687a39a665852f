import type { PlotOptions } from '@observablehq/plot';
import type { Curve } from './curve.ts';

/** The part of the x axis that is asked for. */
export interface Range {
  readonly from?: number | null | undefined;
  readonly to?: number | null | undefined;
}

interface XAxisOptions extends Range {
  readonly xLabel: 'epoch' | 'minutes';
  readonly reach: readonly [first: number, last: number] | undefined;
  /** In pixels. */
  readonly width: number;
}

const NO_REACH = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const;

interface Axis extends Pick<NonNullable<PlotOptions['x']>, 'ticks' | 'tickFormat'> {
  readonly domain: [first: number, last: number];
}

/** Returns the most pixels that half of an axis's last number takes beyond its end. */
export const roomForLastTick = (
  curves: readonly Curve[],
  { from, to, reach }: Pick<XAxisOptions, 'from' | 'to' | 'reach'>,
): number => {
  const [, last] = endsOf(curves, { from, to, reach });
  return Number.isFinite(last) ? (DIGIT_WIDTH * String(Math.ceil(last)).length) / 2 : 0;
};

/** At the charts' font size; digits are wider than letters. */
const DIGIT_WIDTH = 8;

const endsOf = (
  curves: readonly Curve[],
  { from, to, reach = NO_REACH }: Pick<XAxisOptions, 'from' | 'to' | 'reach'>,
): [first: number, last: number] => {
  const ends = curves.flatMap(({ points }) => (points.length > 0 ? [points[0]!.x, points.at(-1)!.x] : []));
  return [from ?? Math.min(reach[0], ...ends), to ?? Math.max(reach[1], ...ends)];
};

/** Returns the x axis of curves. */
export const xAxis = (curves: readonly Curve[], { width, xLabel, ...range }: XAxisOptions): Axis => {
  const [first, last] = endsOf(curves, range);
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
export const isHuge = ({ domain }: Domain): boolean => domain.some((end) => Math.abs(end) >= 1e5);

/** Returns `0.5`, `20000`, `1e36`. */
export const shortNumber = (value: number): string => {
  const short = Number(value.toPrecision(6));
  return Math.abs(short) < 1e5 ? `${short}` : short.toExponential().replace('e+', 'e');
};

/** Losses that are so many times those of other curves are of a run that diverges. */
const DIVERGES = 1000;

/** Returns the curves that decide how high a chart is: one that diverges would press the others flat, and leads out of it. */
const inSight = (curves: readonly Curve[]): readonly Curve[] => {
  const highest = curves.map(({ points }) => points.reduce((most, { y }) => Math.max(most, y), 0));
  const least = Math.min(...highest.filter((most) => most > 0));
  return curves.filter((_, i) => highest[i]! <= DIVERGES * least);
};

interface YAxisOptions {
  /** Whether the axis begins at 0. */
  readonly hasZero: boolean;
  /** Whether curves that diverge may lead out of the chart. */
  readonly mayDiverge: boolean;
  /** Between which all values are; any when left out. */
  readonly bounds?: readonly [least: number, most: number] | undefined;
}

/** Returns the y axis of curves. */
export const yDomain = (all: readonly Curve[], { hasZero, mayDiverge, bounds }: YAxisOptions): Domain => {
  const curves = mayDiverge ? inSight(all) : all;
  const points = curves.flatMap((curve) => curve.points);
  if (points.length === 0) return { domain: [0, 1], ticks: [] };
  const start = hasZero ? 0 : points[0]!.y;
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
  if (upper > lower) return { domain: [hasZero && low >= 0 ? 0 : lower, upper] };
  // Curves that are all of one value lie in the middle.
  const [least, most] = bounds ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return { domain: [Math.max(least, lower - 0.5), Math.min(most, upper + 0.5)] };
};
