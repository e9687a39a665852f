import type { Mistake } from '../report/arm-gallery.ts';
import { addText, append, type ChartOptions, FONT_SIZE, finish, frame, SVG_NAMESPACE } from './frame.ts';

const TILE = { width: 114, image: 96, height: 96 + 2 * 16 + 16 };

/** The test images that a model got wrong with most confidence, three times their size, each with what it said and what it is. */
export const mistakesChart = (
  mistakes: readonly Mistake[],
  { document = globalThis.document, width = 6 * TILE.width }: ChartOptions = {},
): SVGSVGElement => {
  const columns = Math.max(1, Math.floor(width / TILE.width));
  const svg = emptySvg(document, columns * TILE.width, Math.ceil(mistakes.length / columns) * TILE.height);
  mistakes.forEach(({ src, actual, predicted, confidence }, i) => {
    const x = (i % columns) * TILE.width;
    const y = Math.floor(i / columns) * TILE.height;
    addImage(svg, src, { x, y, size: TILE.image });
    const lines = [`${predicted} ${(confidence * 100).toFixed(1)}%`, `is ${actual}`];
    lines.forEach((line, row) => {
      addText(svg, line, {
        x,
        y: y + TILE.image + 15 + row * 16,
        fill: row === 0 ? 'var(--ink)' : 'var(--muted)',
      });
    });
  });
  return finish(
    svg,
    `test images that were mistaken most confidently: ${mistakes.map(({ actual, predicted }) => `${actual} taken for ${predicted}`).join(', ')}`,
  );
};

const FILTER = { size: 24, pitch: 28, columns: 16 };

/**
 * The first layer's filters as pictures of the input that each answers to most: grey is zero, and each is scaled to
 * its largest weight.
 *
 * @param filters `data:` URLs of PNGs.
 */
export const filtersChart = (
  filters: readonly string[],
  { document = globalThis.document }: ChartOptions = {},
): SVGSVGElement => {
  const columns = Math.min(FILTER.columns, filters.length);
  const rows = Math.ceil(filters.length / columns);
  const svg = emptySvg(document, columns * FILTER.pitch, rows * FILTER.pitch);
  filters.forEach((src, i) => {
    const x = (i % columns) * FILTER.pitch;
    addImage(svg, src, { x, y: Math.floor(i / columns) * FILTER.pitch, size: FILTER.size });
  });
  return finish(svg, `the ${filters.length} filters of the first convolution`);
};

const emptySvg = (document: Document, width: number, height: number): SVGSVGElement => {
  const svg = document.createElementNS(SVG_NAMESPACE, 'svg') as SVGSVGElement;
  const { fontFamily } = frame({}).style as unknown as { fontFamily: string };
  const attributes = {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': fontFamily,
    'font-size': FONT_SIZE,
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, String(value));
  return svg;
};

const addImage = (
  svg: SVGSVGElement,
  src: string,
  { x, y, size }: { readonly x: number; readonly y: number; readonly size: number },
): void => {
  append(svg, 'image', { href: src, x, y, width: size, height: size, style: 'image-rendering: pixelated' });
};
