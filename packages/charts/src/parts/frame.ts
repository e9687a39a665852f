import type { PlotOptions } from '@observablehq/plot';

/** Where a chart is made. */
export interface ChartOptions {
  /** The page's, or one of linkedom; the global one when left out. */
  readonly document?: Document;
  /** In CSS pixels. */
  readonly width?: number;
}

export const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';
export const FONT = '"Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
export const FONT_SIZE = 12;

/** Options that all charts have in common. */
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

/** Lines across a chart at its ticks. */
export const gridLines = { stroke: 'var(--grid)', strokeOpacity: 1 } as const;

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

/** Of a character at the charts' font size, generously: text cannot be measured without a browser. */
const CHARACTER_WIDTH = 6.6;

/** Returns the most pixels that a text takes. */
export const textWidth = (text: string): number => text.length * CHARACTER_WIDTH;

/**
 * Returns as much of a text as there is room for, with an ellipsis for the rest. Of parts between dots a short last one stays,
 * such as the seed by which the runs of an arm differ.
 */
export const shortened = (text: string, width: number): string => {
  const most = Math.floor(width / CHARACTER_WIDTH);
  if (text.length <= most) return text;
  const end = / · [^·]+$/.exec(text)?.[0] ?? '';
  const kept = end.length <= most / 2 ? end : '';
  return `${text.slice(0, Math.max(0, most - 1 - kept.length)).trimEnd()}…${kept}`;
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

/** Names a chart for readers who do not see it, and makes the element a document of its own. */
export const finish = (svg: SVGSVGElement, label: string, role: 'img' | 'group' = 'img'): SVGSVGElement => {
  // Pages whose policy forbids inline styles refuse this one, and nothing here needs it.
  svg.querySelector('style')?.remove();
  // A name on a part without a role is none: it stays as a class.
  for (const part of svg.querySelectorAll('g[aria-label]')) {
    part.setAttribute('class', part.getAttribute('aria-label')!.replaceAll(' ', '-'));
    part.removeAttribute('aria-label');
  }
  svg.setAttribute('xmlns', SVG_NAMESPACE);
  svg.setAttribute('role', role);
  svg.setAttribute('aria-label', label);
  return svg;
};
