import type { PlotOptions } from '@observablehq/plot';

/** Where a chart is made. */
export interface ChartOptions {
  /** The page's, or one of linkedom; the global one when left out. */
  readonly document?: Document;
  /** In CSS pixels. */
  readonly width?: number;
}

export const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';
const FONT = 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
export const FONT_SIZE = 12;

/** What all charts have in common. */
export const frame = ({ document, width }: ChartOptions): PlotOptions => ({
  ...(document ? { document } : {}),
  ...(width === undefined ? {} : { width }),
  style: {
    background: 'transparent',
    color: 'var(--ink)',
    fontFamily: FONT,
    fontSize: `${FONT_SIZE}px`,
    overflow: 'visible',
  },
});

/** Whole epochs for the x axis, some eight of them: the first, and multiples of a round number. */
export const epochTicks = (last: number): number[] => {
  const step = [1, 2, 5, 10, 20, 50, 100].find((size) => last / size <= 8) ?? Math.ceil(last / 8);
  const multiples = Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step);
  return [...new Set([1, ...multiples])];
};

/** A line of a chart's legend. */
export interface LegendItem {
  readonly label: string;
  readonly colour: string;
  readonly key: 'line' | 'dashes' | 'circle' | 'diamond' | 'bar';
}

const ROW_HEIGHT = 20;
const KEY_WIDTH = 22;
const GAP = 18;
/** Of a character at the charts' font size, generously: text cannot be measured without a browser. */
const CHARACTER_WIDTH = 6.6;

interface Placed extends LegendItem {
  readonly x: number;
  readonly row: number;
}

const placeItems = (items: readonly LegendItem[], width: number): Placed[] => {
  let x = 0;
  let row = 0;
  return items.map((item) => {
    const itemWidth = KEY_WIDTH + item.label.length * CHARACTER_WIDTH;
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

/** Draws a legend at the top of a chart, in the margin that was left for it. */
export const addLegend = (
  svg: SVGSVGElement,
  items: readonly LegendItem[],
  { left, width }: { readonly left: number; readonly width: number },
): void => {
  for (const { label, colour, key, x, row } of placeItems(items, width)) {
    const middle = row * ROW_HEIGHT + ROW_HEIGHT / 2;
    addKey(svg, key, colour, left + x, middle);
    addText(svg, label, { x: left + x + KEY_WIDTH, y: middle, dy: '0.35em' });
  }
};

/** Says above a chart's y axis what it shows: Plot would put it into the legend. */
export const addAxisTitle = (svg: SVGSVGElement, title: string, top: number): void =>
  addText(svg, title, { x: 0, y: top - 14 });

/** Text that begins at its place, whatever the chart around it does. */
export const addText = (
  parent: Element,
  text: string,
  attributes: Readonly<Record<string, string | number>>,
): void => {
  const element = append(parent, 'text', { fill: 'currentColor', 'text-anchor': 'start', ...attributes });
  element.textContent = text;
};

const addKey = (svg: SVGSVGElement, key: LegendItem['key'], colour: string, x: number, y: number): void => {
  const centre = x + 8;
  switch (key) {
    case 'line':
    case 'dashes':
      append(svg, 'line', {
        x1: x,
        x2: x + 16,
        y1: y,
        y2: y,
        stroke: colour,
        'stroke-width': key === 'line' ? 2.5 : 1.5,
        ...(key === 'dashes' ? { 'stroke-dasharray': '4 3' } : {}),
      });
      return;
    case 'circle':
      append(svg, 'circle', { cx: centre, cy: y, r: 4.5, fill: colour });
      return;
    case 'diamond':
      append(svg, 'path', { d: `M${centre},${y - 6}l5,6l-5,6l-5,-6z`, fill: colour });
      return;
    case 'bar':
      append(svg, 'rect', { x: x + 2, y: y - 5, width: 12, height: 10, fill: colour });
  }
};

/** Adds an element of SVG to another. */
export const append = (
  parent: Element,
  name: string,
  attributes: Readonly<Record<string, string | number>>,
): Element => {
  const element = parent.ownerDocument.createElementNS(SVG_NAMESPACE, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  parent.appendChild(element);
  return element;
};

/** Says what a chart shows to those who do not see it, and makes the element a document of its own. */
export const finish = (svg: SVGSVGElement, label: string): SVGSVGElement => {
  svg.setAttribute('xmlns', SVG_NAMESPACE);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  return svg;
};
