import { FONT_SIZE, textWidth } from '../parts/frame.ts';

/** A part of a chart, in pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Pixel = readonly [x: number, y: number];

/** A text that belongs to a point. */
export interface Label {
  readonly text: string;
  readonly at: Pixel;
}

/** A label and the middle of its left edge. */
export interface PlacedLabel extends Label {
  readonly x: number;
  readonly y: number;
}

/** Height of a text with the space around it. */
export const LABEL_HEIGHT = FONT_SIZE + 3;

/** Between a point and its label. */
const GAP = 9;

/** From the point to the middle of the label, in label widths and heights: below, above, beside, and then further away. */
const directions: readonly Pixel[] = [
  ...([
    [0, 1],
    [0, -1],
    [1, 0],
    [-1, 0],
    [1, 1],
    [-1, 1],
    [1, -1],
    [-1, -1],
  ] as const),
  ...([
    [0, 2],
    [0, -2],
    [1, 2],
    [-1, 2],
    [1, -2],
    [-1, -2],
    [0, 3],
    [0, -3],
  ] as const),
];

/**
 * Places labels beside their points, where they cover no other label, none of the points and nothing beyond the chart, and as
 * little of the lines as can be. Those for which there is no such place are left out.
 *
 * @param lines In pixels.
 */
export const placeLabels = (
  labels: readonly Label[],
  area: Box,
  lines: readonly (readonly Pixel[])[],
): PlacedLabel[] => {
  const passed = lines.flatMap(denseLine);
  const points = labels.map(({ at: [x, y] }) => boxAround(x, y, 6, 6));
  const taken: Box[] = [];
  return labels.flatMap((label, i) => {
    const others = [...taken, ...points.filter((_, j) => j !== i)];
    const [best] = directions
      .map((direction) => boxOf(label, direction))
      .filter((box) => isWithin(box, area) && !others.some((other) => overlap(box, other)))
      .map((box) => {
        const covered = passed.filter(([x, y]) => contains(box, x, y)).length;
        return { box, cost: covered + (isNearest(box, i, labels) ? 0 : DOUBT) };
      })
      .sort((a, b) => a.cost - b.cost);
    if (!best) return [];
    taken.push(best.box);
    return [{ ...label, x: best.box.left, y: (best.box.top + best.box.bottom) / 2 }];
  });
};

/** A label that is nearer to the point of another is as bad as two lines through it: whose it is can hardly be seen. */
const DOUBT = 40;

const isNearest = (box: Box, own: number, labels: readonly Label[]): boolean => {
  const distances = labels.map(({ at: [x, y] }) =>
    Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom)),
  );
  return distances.every((distance, i) => i === own || distance > distances[own]!);
};

const boxOf = ({ text, at: [x, y] }: Label, [right, down]: Pixel): Box => {
  const [halfWidth, halfHeight] = [textWidth(text) / 2, LABEL_HEIGHT / 2];
  return boxAround(
    x + right * (halfWidth + GAP),
    y + Math.sign(down) * (GAP + halfHeight) + (down - Math.sign(down)) * LABEL_HEIGHT,
    halfWidth,
    halfHeight,
  );
};

const boxAround = (x: number, y: number, halfWidth: number, halfHeight: number): Box => ({
  left: x - halfWidth,
  right: x + halfWidth,
  top: y - halfHeight,
  bottom: y + halfHeight,
});

const isWithin = (box: Box, area: Box): boolean =>
  box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const contains = ({ left, right, top, bottom }: Box, x: number, y: number): boolean =>
  x > left && x < right && y > top && y < bottom;

/** Between two points that are counted of a line, in pixels. */
const SPACING = 4;

const denseLine = (line: readonly Pixel[]): Pixel[] =>
  line.flatMap(([x, y], i) => {
    const [nextX, nextY] = line[i + 1] ?? [x, y];
    const parts = Math.max(1, Math.ceil(Math.hypot(nextX - x, nextY - y) / SPACING));
    return Array.from({ length: parts }, (_, part): Pixel => {
      const share = part / parts;
      return [x + share * (nextX - x), y + share * (nextY - y)];
    });
  });

/**
 * Returns heights for labels in a column that are as near as can be to those wanted, in their order, one label height apart and
 * within bounds; undefined where there is no room for all. The nearest, by the sum of squares, are those of an isotonic
 * regression (pool adjacent violators) once each is moved up by the labels above it.
 */
export const placeInColumn = (
  wanted: readonly number[],
  top: number,
  bottom: number,
): number[] | undefined => {
  const room = bottom - top - (wanted.length - 1) * LABEL_HEIGHT;
  if (room < 0) return undefined;
  const order = [...wanted.keys()].sort((a, b) => wanted[a]! - wanted[b]!);
  const pools: { sum: number; size: number }[] = [];
  order.forEach((index, i) => {
    let pool = { sum: wanted[index]! - i * LABEL_HEIGHT, size: 1 };
    for (let last = pools.at(-1); last && last.sum / last.size > pool.sum / pool.size; last = pools.at(-1)) {
      pool = { sum: pool.sum + last.sum, size: pool.size + last.size };
      pools.pop();
    }
    pools.push(pool);
  });
  const moved = pools.flatMap(({ sum, size }) => Array.from({ length: size }, () => sum / size));
  const placed = new Array<number>(wanted.length);
  order.forEach((index, i) => {
    placed[index] = Math.min(top + room, Math.max(top, moved[i]!)) + i * LABEL_HEIGHT;
  });
  return placed;
};
