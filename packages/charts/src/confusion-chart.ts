import { axisX, axisY, cell, plot, text } from '@observablehq/plot';
import type { ConfusionCell } from './confusion-cell.ts';
import { denseConfusion } from './dense-confusion.ts';
import { addText, type ChartOptions, finish, frame } from './parts/frame.ts';

/** How often each class was taken for each. */
export interface Confusion {
  readonly classNames: readonly string[];
  /** Images by true class (rows) and predicted class (columns). */
  readonly confusion: readonly (readonly number[])[];
}

/** A chart and its cells, for what a page lays over them. */
export interface ConfusionDrawing {
  readonly svg: SVGSVGElement;
  readonly cells: readonly ConfusionCell[];
  /** Pixels from the left of the chart at which a column of cells begins. */
  readonly columnAt: (predicted: number) => number;
  /** Pixels from the top of the chart at which a row of cells begins. */
  readonly rowAt: (actual: number) => number;
  /** Width and height of a cell in pixels. */
  readonly cellSize: number;
}

/** Of more classes, cells have no room for numbers, and rows none for names. */
const MOST_NAMED = 24;

const LABEL = 'confusion matrix: percentage of each class that was taken for each class';

/** Confusion matrix: of the images of each class (rows), the percentage that was taken for each (columns). */
export const confusionChart = (
  { classNames, confusion }: Confusion,
  options: ChartOptions = {},
): ConfusionDrawing => {
  const { width = 460 } = options;
  const cells = confusion.flatMap((row, actual) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map(
      (count, predicted): ConfusionCell => ({
        actual,
        predicted,
        count,
        share: total === 0 ? 0 : count / total,
      }),
    );
  });
  if (classNames.length > MOST_NAMED) {
    const { svg, left, top, cellSize } = denseConfusion(cells, classNames.length, { ...options, width });
    return {
      svg: finish(svg, LABEL),
      cells,
      columnAt: (predicted) => left + predicted * cellSize,
      rowAt: (actual) => top + actual * cellSize,
      cellSize,
    };
  }
  // Of a character: the longest name decides the room for names.
  const room = 20 + 6.6 * Math.max(0, ...classNames.map(({ length }) => length));
  const marginLeft = Math.min(140, room + 16);
  const marginTop = Math.min(120, 0.75 * room + 30);
  // The last column's name leans out of it.
  const marginRight = Math.min(60, 4 + 0.6 * 6.6 * (classNames.at(-1)?.length ?? 0));
  const side = width - marginLeft - marginRight;
  const places = classNames.map((_, i) => i);
  const nameOf = (i: number): string => classNames[i]!;
  const at = { x: 'predicted', y: 'actual' } as const;
  const root = plot({
    ...frame({ ...options, width }),
    height: marginTop + side + 4,
    marginLeft,
    marginTop,
    marginRight,
    marginBottom: 4,
    padding: 0.04,
    round: false,
    x: { domain: places, label: null, tickFormat: nameOf },
    y: { domain: places, label: null, tickFormat: nameOf },
    opacity: { type: 'identity' },
    marks: [
      axisX({ anchor: 'top', tickSize: 0, tickRotate: -45, tickFormat: nameOf }),
      axisY({ tickSize: 0, tickFormat: nameOf }),
      cell(cells, {
        ...at,
        fill: 'var(--heat)',
        // A square root, so that the few that are confused can be seen.
        fillOpacity: ({ share }: ConfusionCell) => 0.05 + 0.95 * Math.sqrt(share),
        title: ({ actual, predicted, count }: ConfusionCell) =>
          `${count} of ${nameOf(actual)} predicted as ${nameOf(predicted)}`,
      }),
      text(cells, {
        ...at,
        text: ({ share }: ConfusionCell) => (share < 0.005 ? '' : (share * 100).toFixed(0)),
        fill: 'currentColor',
        fontSize: Math.min(12, (0.5 * side) / Math.max(1, classNames.length)),
        pointerEvents: 'none',
      }),
    ],
  });
  const svg = root as unknown as SVGSVGElement;
  const middle = { 'text-anchor': 'middle', fill: 'var(--muted)' };
  addText(svg, 'predicted class', { ...middle, x: marginLeft + side / 2, y: 12 });
  const y = marginTop + side / 2;
  addText(svg, 'actual class', { ...middle, x: 12, y, transform: `rotate(-90 12 ${y})` });
  const [columns, rows] = (['x', 'y'] as const).map((name) => root.scale(name)!);
  return {
    svg: finish(svg, LABEL),
    cells,
    columnAt: (predicted) => columns!.apply(predicted) as number,
    rowAt: (actual) => rows!.apply(actual) as number,
    cellSize: columns!.bandwidth!,
  };
};
