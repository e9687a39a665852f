import type { Point, Series } from './series.ts';

/** The values of a chart's curves at an x. */
export interface Reading {
  /** The highest first, as many as there is room for. */
  readonly named: readonly CurveReading[];
  /** Number of the others. */
  readonly more: number;
  /** All of them, the highest first. */
  readonly all: readonly CurveReading[];
}

/** A curve, and its point at an x. */
export interface CurveReading {
  readonly series: Series;
  readonly point: Point;
}

/** The places of a chart that can be read, and the values there. */
export interface Readings {
  /** Rising. */
  readonly xs: readonly number[];
  /** The place nearest to x; null without any. */
  nearest(x: number): number | null;
  /** Looked up once: the same reading for the same x. */
  at(x: number): Reading;
}

/** The most curves that are named. */
const MOST_NAMED = 8;
/** The most places, for a hand or the arrow keys. */
const MOST_PLACES = 400;

/**
 * The readings of curves between two x; all of them where a bound is null.
 *
 * Curves over time have their points at other places each: those closer together than {@link MOST_PLACES} of them
 * would be are read as one.
 */
export const readingsOf = (series: readonly Series[], from: number | null, to: number | null): Readings => {
  const known = new Map<number, Reading>();
  const xs = placesOf(series, from, to);
  return {
    xs,
    nearest: (x) => {
      let low = 0;
      let high = xs.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (xs[middle]! < x) low = middle + 1;
        else high = middle;
      }
      const [before, after] = [xs[low - 1], xs[low]];
      if (before === undefined || after === undefined) return before ?? after ?? null;
      return x - before < after - x ? before : after;
    },
    at: (x) => {
      const reading = known.get(x) ?? read(series, x);
      known.set(x, reading);
      return reading;
    },
  };
};

const knownPlaces = new WeakMap<readonly Series[], readonly number[]>();

/** Every x of curves once, rising. They are looked through once: a zoom of hundreds of runs changes none of them. */
const allPlacesOf = (series: readonly Series[]): readonly number[] => {
  const known = knownPlaces.get(series);
  if (known) return known;
  const all = new Set<number>();
  for (const { points } of series) for (const { x } of points) all.add(x);
  const xs = [...all].sort((a, b) => a - b);
  knownPlaces.set(series, xs);
  return xs;
};

const placesOf = (series: readonly Series[], from: number | null, to: number | null): number[] => {
  const xs = allPlacesOf(series).filter((x) => (from === null || x >= from) && (to === null || x <= to));
  const least = xs.length > MOST_PLACES ? (xs.at(-1)! - xs[0]!) / MOST_PLACES : 0;
  let last = Number.NEGATIVE_INFINITY;
  return xs.filter((x) => {
    if (x - last < least) return false;
    last = x;
    return true;
  });
};

const read = (series: readonly Series[], x: number): Reading => {
  const found = series.flatMap((one) => {
    const point = pointNear(one.points, x);
    return point ? [{ series: one, point }] : [];
  });
  const all = found.sort((a, b) => b.point.raw - a.point.raw);
  return { named: all.slice(0, MOST_NAMED), more: Math.max(0, all.length - MOST_NAMED), all };
};

/** Returns what a curve of one chart has in common with that of the same run or arm in the others. */
export const lineOf = ({ key }: Pick<Series, 'key'>): string => key.slice(0, key.lastIndexOf('/'));

/** Returns the line of the curve nearest to a height; null where there is none, or all curves are named anyway. */
export const lineNear = (
  { all, more }: Reading,
  height: number,
  yOf: (value: number) => number,
): string | null => {
  if (more === 0) return null;
  const distance = ({ point }: CurveReading): number => Math.abs(yOf(point.y) - height);
  return lineOf(all.reduce((near, one) => (distance(one) < distance(near) ? one : near)).series);
};

/** Returns the line above or below another of many, the highest where there is none. */
export const nextLine = ({ all, more }: Reading, line: string | null, direction: 1 | -1): string | null => {
  if (more === 0) return null;
  const at = all.findIndex(({ series }) => lineOf(series) === line);
  const next = at === -1 ? 0 : Math.min(all.length - 1, Math.max(0, at + direction));
  return lineOf(all[next]!.series);
};

/** Returns the point of a curve nearest to x; undefined when the curve has none within its own spacing of x. */
export const pointNear = (points: readonly Point[], x: number): Point | undefined => {
  let low = 0;
  let high = points.length - 1;
  if (high < 0) return undefined;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x <= x) low = middle;
    else high = middle;
  }
  const [a, b] = [points[low]!, points[high]!];
  const nearest = Math.abs(a.x - x) <= Math.abs(b.x - x) ? a : b;
  const spacing = points.length > 1 ? (points.at(-1)!.x - points[0]!.x) / (points.length - 1) : 1;
  return Math.abs(nearest.x - x) <= spacing ? nearest : undefined;
};
