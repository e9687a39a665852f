import { addText, append, textWidth } from './frame.ts';

/** A line of a chart's legend. */
export interface LegendItem {
  readonly label: string;
  readonly colour: string;
  readonly key: 'line' | 'circle' | 'bar';
  /** Of a line that is broken, in pixels. */
  readonly dashes?: string | undefined;
}

const ROW_HEIGHT = 20;
const KEY_WIDTH = 22;
const LINE = 16;
const GAP = 18;

interface Placed extends LegendItem {
  readonly x: number;
  readonly row: number;
}

const placeItems = (items: readonly LegendItem[], width: number): Placed[] => {
  let x = 0;
  let row = 0;
  return items.map((item) => {
    const itemWidth = KEY_WIDTH + textWidth(item.label);
    if (x > 0 && x + itemWidth > width) {
      x = 0;
      row++;
    }
    const placed = { ...item, x, row };
    x += itemWidth + GAP;
    return placed;
  });
};

/** Height that a legend takes in a chart of a width. */
export const legendHeight = (items: readonly LegendItem[], width: number): number =>
  (Math.max(-1, ...placeItems(items, width).map(({ row }) => row)) + 1) * ROW_HEIGHT;

/** Draws a legend at the top of a chart, in the margin that was left for it: so many pixels from its edge. */
export const addLegend = (svg: SVGSVGElement, items: readonly LegendItem[], width: number, top = 0): void => {
  const legend = append(svg, 'g', { class: 'legend' });
  for (const { x, row, ...item } of placeItems(items, width)) {
    const middle = top + row * ROW_HEIGHT + ROW_HEIGHT / 2;
    addKey(legend, item, x, middle);
    addText(legend, item.label, { x: x + KEY_WIDTH, y: middle, dy: '0.35em' });
  }
};

const addKey = (legend: Element, { key, colour, dashes }: LegendItem, x: number, y: number): void => {
  const centre = x + 8;
  switch (key) {
    case 'line':
      append(legend, 'line', {
        x1: x,
        x2: x + LINE,
        y1: y,
        y2: y,
        stroke: colour,
        'stroke-width': dashes === undefined ? 2.5 : 1.75,
        ...(dashes !== undefined && { 'stroke-dasharray': dashes }),
      });
      return;
    case 'circle':
      append(legend, 'circle', { cx: centre, cy: y, r: 4.5, fill: colour });
      return;
    case 'bar':
      append(legend, 'rect', { x: x + 2, y: y - 5, width: 12, height: 10, fill: colour });
  }
};
