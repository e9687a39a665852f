import { scale } from '@observablehq/plot';
import { type Colours, hues, named, surfaces, type ThemeName } from './colours.ts';
import { svgText } from './svg-text.ts';

/** More arms than hues are a sweep: a scale whose lightness rises with the arm, within what the paper can show. */
const scaleRange: Readonly<Record<ThemeName, readonly [number, number]>> = {
  light: [0, 0.82],
  dark: [0.3, 1],
};

const armColours = (theme: ThemeName, arms: number): readonly string[] => {
  if (arms <= hues[theme].length) return hues[theme];
  const [low, high] = scaleRange[theme];
  const viridis = scale({ color: { scheme: 'viridis', domain: [0, 1] } });
  return Array.from({ length: arms }, (_, i) => String(viridis.apply(low + ((high - low) * i) / (arms - 1))));
};

/** A theme's colours, with one for each arm under `hue-0`, `hue-1`, … */
export const themeColours = (theme: ThemeName, arms: number): Colours => ({
  ...surfaces[theme],
  ...named(armColours(theme, arms)),
});

/** As declarations for a style sheet: `--ink: #1b1d21; …`. */
export const themeDeclarations = (theme: ThemeName, arms: number): string =>
  Object.entries(themeColours(theme, arms))
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');

const MARGIN = 12;

/**
 * A chart as a file of its own: on paper, with a margin, its colours written out, so that it can be read wherever it
 * is put.
 *
 * @param arms How many there are in the comparison, which decides their colours.
 */
export const standaloneSvg = (chart: SVGSVGElement, theme: ThemeName, arms: number): string => {
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
  const colours = themeColours(theme, arms);
  for (const element of [svg, ...svg.querySelectorAll('*')]) {
    for (const name of element.getAttributeNames()) {
      if (name !== 'aria-label') element.setAttribute(name, written(element.getAttribute(name)!, colours));
    }
  }
  return svgText(svg);
};

const written = (value: string, colours: Colours): string =>
  value
    .replaceAll(/var\(--([a-z0-9-]+)\)/g, (reference, name: string) => colours[name] ?? reference)
    .replaceAll('currentColor', colours['ink']!);
