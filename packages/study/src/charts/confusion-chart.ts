import { axisX, axisY, cell, plot, text } from '@observablehq/plot';
import type { PooledTest } from '../analysis/analysis.ts';
import { addText, type ChartOptions, finish, frame } from './frame.ts';

/** A row of the matrix and a column: how many images of a class were taken for another. */
interface Cell {
  readonly actual: string;
  readonly predicted: string;
  /** Of the images of the actual class, 0..1. */
  readonly share: number;
}

/** Confusion matrix: of the images of each class (rows), the percentage that was taken for each (columns). */
export const confusionChart = (
  { classNames, confusion }: PooledTest,
  options: ChartOptions = {},
): SVGSVGElement => {
  const { width = 460 } = options;
  const cells = classNames.flatMap((actual, t) => {
    const count = confusion[t]!.reduce((sum, value) => sum + value, 0);
    return classNames.map(
      (predicted, p): Cell => ({ actual, predicted, share: count === 0 ? 0 : confusion[t]![p]! / count }),
    );
  });
  const marginLeft = 104;
  const marginTop = 92;
  const side = width - marginLeft - 4;
  const svg = plot({
    ...frame({ ...options, width }),
    height: marginTop + side + 4,
    marginLeft,
    marginTop,
    marginRight: 4,
    marginBottom: 4,
    padding: 0.04,
    x: { domain: [...classNames], label: null },
    y: { domain: [...classNames], label: null },
    marks: [
      axisX({ anchor: 'top', tickSize: 0, tickRotate: -45 }),
      axisY({ tickSize: 0 }),
      cell(cells, {
        x: 'predicted',
        y: 'actual',
        fill: 'var(--accent)',
        // A square root, so that the few that are confused can be seen.
        fillOpacity: ({ share }: Cell) => 0.04 + 0.8 * Math.sqrt(share),
      }),
      text(cells, {
        x: 'predicted',
        y: 'actual',
        text: ({ share }: Cell) => (share < 0.005 ? '' : (share * 100).toFixed(0)),
        fill: 'currentColor',
        fontSize: classNames.length > 20 ? 7 : 12,
      }),
    ],
    opacity: { type: 'identity' },
  }) as SVGSVGElement;
  const middle = { 'text-anchor': 'middle', fill: 'var(--muted)' };
  addText(svg, 'predicted class', { ...middle, x: marginLeft + side / 2, y: 12 });
  const y = marginTop + side / 2;
  addText(svg, 'actual class', { ...middle, x: 12, y, transform: `rotate(-90 12 ${y})` });
  return finish(svg, 'confusion matrix: percentage of each class that was taken for each class');
};
