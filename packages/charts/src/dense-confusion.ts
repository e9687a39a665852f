import type { ConfusionCell } from './confusion-cell.ts';
import { addText, append, type ChartOptions } from './parts/frame.ts';
import { emptySvg } from './parts/picture.ts';

/** The darknesses that cells of a dense matrix are drawn in. */
const SHADES = 16;
const MARGIN = 24;

/** A matrix of many classes, and where its cells lie, in pixels. */
interface DenseMatrix {
  readonly svg: SVGSVGElement;
  readonly left: number;
  readonly top: number;
  readonly cellSize: number;
}

/**
 * Draws a confusion matrix that has no room for names and numbers: a path for each darkness, since an element for each of
 * ten thousand cells keeps a page busy for seconds.
 */
export const denseConfusion = (
  cells: readonly ConfusionCell[],
  classes: number,
  options: ChartOptions & { readonly width: number },
): DenseMatrix => {
  const side = options.width - MARGIN - 1;
  const cellSize = side / classes;
  const [left, top] = [MARGIN, MARGIN];
  const svg = emptySvg(options, options.width, top + side + 1);
  const fill = 'var(--heat)';
  append(svg, 'rect', { x: left, y: top, width: side, height: side, fill, 'fill-opacity': 0.05 });
  const paths = new Map<number, string>();
  const size = round(cellSize);
  for (const { actual, predicted, share } of cells) {
    if (share === 0) continue;
    // A square root, so that the few that are confused can be seen.
    const shade = Math.ceil(Math.sqrt(share) * SHADES);
    const [x, y] = [round(left + predicted * cellSize), round(top + actual * cellSize)];
    paths.set(shade, `${paths.get(shade) ?? ''}M${x} ${y}h${size}v${size}h-${size}z`);
  }
  for (const [shade, d] of [...paths].sort(([a], [b]) => a - b)) {
    append(svg, 'path', { d, fill, 'fill-opacity': round(0.05 + (0.95 * shade) / SHADES) });
  }
  const middle = { 'text-anchor': 'middle', fill: 'var(--muted)' };
  addText(svg, `predicted class, of ${classes}`, { ...middle, x: left + side / 2, y: 14 });
  const y = top + side / 2;
  addText(svg, 'actual class', { ...middle, x: 14, y, transform: `rotate(-90 14 ${y})` });
  return { svg, left, top, cellSize };
};

const round = (value: number): number => Math.round(value * 100) / 100;
