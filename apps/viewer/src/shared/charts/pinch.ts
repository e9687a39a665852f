import type { CurveDrawing } from '@dropout-lab/charts';

/** The first and the last value of a range. */
export type Interval = readonly [first: number, last: number];

/** A finger on a chart. */
export interface Finger {
  /** The x that it was put down on. */
  readonly x: number;
  /** Its place now, in pixels from the left of the chart. */
  readonly pixel: number;
}

/** Fingers closer together than this, in pixels, do not zoom. */
const SHORTEST = 24;
/** The smallest part of the curves that can be shown. */
const LEAST_SHARE = 1 / 200;

/**
 * First and last x of a chart in which each of two fingers still is on what it was put down on, as far as there are
 * curves; undefined where fingers are too close, or have changed places.
 *
 * @param area First and last pixel of the curves.
 * @param extent First and last x of the curves.
 */
export const pinchedRange = (
  [one, other]: readonly [Finger, Finger],
  area: Pick<CurveDrawing['area'], 'left' | 'right'>,
  [first, last]: Interval,
): Interval | undefined => {
  const [a, b] = one.pixel < other.pixel ? [one, other] : [other, one];
  if (b.pixel - a.pixel < SHORTEST || !(b.x > a.x)) return undefined;
  const slope = (b.x - a.x) / (b.pixel - a.pixel);
  const from = Math.max(first, a.x - (a.pixel - area.left) * slope);
  const to = Math.min(last, a.x + (area.right - a.pixel) * slope);
  return to - from >= (last - first) * LEAST_SHARE ? [from, to] : undefined;
};
