import { type Colours, hues, named, surfaces, type ThemeName } from './colours.ts';
import { svgText } from './svg-text.ts';

/** A theme's colours, the hues of arms among them under `hue-0`, `hue-1`, … */
const themeColours = (theme: ThemeName): Colours => ({ ...surfaces[theme], ...named(hues[theme]) });

/** As declarations for a style sheet: `--ink: #1b1d21; …`. */
export const themeDeclarations = (theme: ThemeName): string =>
  Object.entries(themeColours(theme))
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');

const MARGIN = 12;

/**
 * A chart as a file of its own: on paper, with a margin, its colours written out, so that it can be read wherever it
 * is put.
 */
export const standaloneSvg = (chart: SVGSVGElement, theme: ThemeName): string => {
  const svg = chart.cloneNode(true) as SVGSVGElement;
  const [width, height] = ['width', 'height'].map((name) => Number(svg.getAttribute(name)) + 2 * MARGIN);
  const place = { x: -MARGIN, y: -MARGIN, width: width!, height: height! };
  svg.setAttribute('width', `${width}`);
  svg.setAttribute('height', `${height}`);
  svg.setAttribute('viewBox', Object.values(place).join(' '));
  const paper = svg.ownerDocument.createElementNS(svg.namespaceURI, 'rect');
  for (const [name, value] of Object.entries({ ...place, fill: 'var(--paper)' })) {
    paper.setAttribute(name, `${value}`);
  }
  svg.prepend(paper);
  const colours = themeColours(theme);
  // Into the text alone: a page whose policy forbids inline styles would complain of one that is set on an element.
  return svgText(svg, (name, value) => (name === 'aria-label' ? value : written(value, colours)));
};

const written = (value: string, colours: Colours): string =>
  value
    .replaceAll(/var\(--([a-z0-9-]+)\)/g, (reference, name: string) => colours[name] ?? reference)
    .replaceAll('currentColor', colours['ink']!);
