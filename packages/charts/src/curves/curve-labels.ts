import { addText, append, shortened, textWidth } from '../parts/frame.ts';
import { armColour } from '../theme/colours.ts';
import type { Curve } from './curve.ts';
import { MOST_TINTED, pointsAt } from './curve-marks.ts';
import { type Box, LABEL_HEIGHT, placeInColumn, placeLabels } from './label-places.ts';

/** Narrower charts need their width for the curves. */
const LEAST_WIDTH = 420;

/** The most of a chart that the names of its curves take. */
const MOST_SHARE = 0.3;

/** Between the end of a curve and its name. */
const LEADER = 18;

const endOf = ({ end, label }: Curve): string => end ?? label;

/** Returns the curves that have a name at their end: all that have one, in a chart that is wide and high enough for them. */
const namedCurves = (curves: readonly Curve[], width: number, height: number): readonly Curve[] => {
  const named = curves.filter((curve) => endOf(curve) !== '');
  return width < LEAST_WIDTH || (named.length - 1) * LABEL_HEIGHT > height ? [] : named;
};

/**
 * Returns the room to the right of the curves for their names, in pixels.
 *
 * @param width Of the chart.
 * @param height Of the curves.
 */
export const roomForEnds = (curves: readonly Curve[], width: number, height: number): number => {
  const widths = namedCurves(curves, width, height).map((curve) => LEADER + textWidth(endOf(curve)));
  return Math.min(MOST_SHARE * width, Math.max(0, ...widths));
};

interface Place {
  readonly area: Box;
  /** Of the chart, in pixels. */
  readonly width: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** Names curves at their ends, each beside a line that leads to it: what is far apart on the right lies close together. */
export const addEnds = (svg: SVGSVGElement, curves: readonly Curve[], { area, width, x, y }: Place): void => {
  const ends = namedCurves(curves, width, area.bottom - area.top).flatMap((curve) => {
    // The last one in sight.
    const point = curve.points.findLast((one) => x(one.x) <= area.right + 1 && x(one.x) >= area.left - 1);
    return point ? [{ curve, x: x(point.x), y: Math.min(area.bottom, Math.max(area.top, y(point.y))) }] : [];
  });
  const heights = placeInColumn(
    ends.map((end) => end.y),
    area.top,
    area.bottom,
  );
  if (!heights || ends.length === 0) return;
  const group = append(svg, 'g', { class: 'ends' });
  const left = area.right + LEADER;
  ends.forEach(({ curve, ...end }, i) => {
    const height = heights[i]!;
    append(group, 'path', {
      d: `M${end.x + 3},${end.y}L${area.right + 4},${end.y}L${left - 4},${height}`,
      fill: 'none',
      stroke: armColour(curve.arm),
      'stroke-opacity': 0.6,
    });
    addText(group, shortened(endOf(curve), width - left), { x: left, y: height, dy: '0.35em' });
  });
};

interface LowestOptions extends Place {
  readonly isLoss: boolean;
  readonly xLabel: 'epoch' | 'minutes';
}

/** Says beside the circles where validation loss is lowest; of many curves the circles alone show it. */
export const addLowest = (
  svg: SVGSVGElement,
  curves: readonly Curve[],
  { area, x, y, isLoss, xLabel }: LowestOptions,
): void => {
  const isIn = (value: number) => x(value) >= area.left - 1 && x(value) <= area.right + 1;
  const marked = curves.flatMap((curve) => pointsAt(curve, curve.lowest, isIn));
  if (marked.length === 0 || marked.length > MOST_TINTED) return;
  const what = isLoss ? 'lowest' : 'lowest loss';
  const labels = marked.map((point) => ({
    text: `${what} at ${xLabel === 'epoch' ? point.x : `${Math.round(point.x * 10) / 10} min`}`,
    at: [x(point.x), y(point.y)] as const,
  }));
  // What leads out of the chart does so at its border: where to, is far away.
  const within = (height: number) => Math.min(area.bottom, Math.max(area.top, height));
  const lines = curves.map(({ points }) => points.map((point) => [x(point.x), within(y(point.y))] as const));
  const distinct = labels.filter(
    ({ text, at }, i) => labels.findIndex((one) => one.text === text && `${one.at}` === `${at}`) === i,
  );
  const group = append(svg, 'g', { class: 'text' });
  for (const label of placeLabels(distinct, area, lines)) {
    addText(group, label.text, {
      ...{ x: label.x, y: label.y, dy: '0.35em' },
      ...{ stroke: 'var(--paper)', 'stroke-width': 4, 'stroke-linejoin': 'round', 'paint-order': 'stroke' },
    });
  }
};
