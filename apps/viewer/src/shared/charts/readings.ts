import { type Point, pointNear, type Series } from './series.ts';

/** The values of a chart's curves at an x. */
interface Reading {
  /** The highest first, as many as there is room for. */
  readonly named: readonly { readonly series: Series; readonly point: Point }[];
  /** Number of the others. */
  readonly more: number;
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

const placesOf = (series: readonly Series[], from: number | null, to: number | null): number[] => {
  const all = new Set(series.flatMap(({ points }) => points.map(({ x }) => x)));
  const xs = [...all]
    .filter((x) => (from === null || x >= from) && (to === null || x <= to))
    .sort((a, b) => a - b);
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
  const named = found.sort((a, b) => b.point.raw - a.point.raw).slice(0, MOST_NAMED);
  return { named, more: found.length - named.length };
};
