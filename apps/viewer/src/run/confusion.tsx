import { type ConfusionCell, confusionChart } from '@dropout-lab/charts';
import type { EvaluationReport } from '@dropout-lab/contracts';
import { useSignal } from '@preact/signals';
import { useCallback, useMemo } from 'preact/hooks';
import { useDrawing } from '../shared/charts/use-drawing.ts';
import { announce } from '../shared/controls/announcements.tsx';
import { count, percent } from '../shared/format.ts';
import { show, view } from '../shared/state.ts';
import { TopConfusions } from './top-confusions.tsx';
import './confusion.css';

type Cell = Pick<ConfusionCell, 'actual' | 'predicted'>;

/** The keys that lead from a cell to another: steps down and to the right. */
const steps: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * The confusion matrix of an evaluation; a cell chooses its images. It is one element to the keyboard, for a matrix of a hundred
 * classes has ten thousand cells.
 */
export const Confusion = ({ report: { confusion, classes } }: { readonly report: EvaluationReport }) => {
  const classNames = useMemo(() => classes.map(({ className }) => className), [classes]);
  const { frame, canvas, drawing } = useDrawing(
    useCallback((width) => confusionChart({ classNames, confusion }, { width }), [classNames, confusion]),
  );
  const pointed = useSignal<Cell | null>(null);
  const chosen = cellOf(view.value.cell, classNames.length);
  const cells = drawing?.cells ?? [];
  const inWords = ({ actual, predicted }: Cell): string => {
    const { count: images, share } = cells[actual * classNames.length + predicted]!;
    return `${count(images)} of ${classNames[actual]} predicted as ${classNames[predicted]} (${percent(share)})`;
  };
  const cellAt = (x: number, y: number): Cell | null => {
    if (!drawing) return null;
    const place = (pixel: number, at: (index: number) => number): number =>
      Math.floor((pixel - at(0)) / (at(1) - at(0)));
    const [predicted, actual] = [place(x, drawing.columnAt), place(y, drawing.rowAt)];
    const isInside = [predicted, actual].every((index) => index >= 0 && index < classNames.length);
    return isInside ? { actual, predicted } : null;
  };
  const cellUnder = ({ currentTarget, clientX, clientY }: MouseEvent): Cell | null => {
    const { left, top } = (currentTarget as Element).getBoundingClientRect();
    return cellAt(clientX - left, clientY - top);
  };
  const choose = (cell: Cell | null): void => {
    if (cell) show({ cell: `${cell.actual}-${cell.predicted}` });
  };
  const step = ([down, right]: readonly [number, number]): void => {
    const { actual, predicted } = pointed.value ?? chosen ?? { actual: -down, predicted: -right };
    const within = (index: number): number => Math.min(classNames.length - 1, Math.max(0, index));
    pointed.value = { actual: within(actual + down), predicted: within(predicted + right) };
    announce(inWords(pointed.value));
  };

  return (
    <div>
      <div class="scroll">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
        <div
          ref={frame}
          class="confusion"
          style={{ minWidth: `${Math.min(30, 8 + 1.5 * classNames.length)}rem` }}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go through its cells
          tabIndex={0}
          role="group"
          aria-label="Confusion matrix: arrow keys go through the cells, Enter shows a cell's images"
          onPointerMove={(event) => {
            pointed.value = cellUnder(event);
          }}
          onPointerLeave={() => {
            pointed.value = null;
          }}
          onBlur={() => {
            pointed.value = null;
          }}
          onClick={(event) => choose(cellUnder(event))}
          onKeyDown={(event) => {
            const by = steps[event.key];
            if (by) step(by);
            else if (event.key === 'Enter' || event.key === ' ') choose(pointed.value);
            else return;
            event.preventDefault();
          }}
        >
          <div ref={canvas} />
          {[chosen, pointed.value].map(
            (cell, i) =>
              cell &&
              drawing && (
                <div
                  key={i}
                  class={i === 0 ? 'marked-cell chosen' : 'marked-cell'}
                  style={{
                    transform: `translate(${drawing.columnAt(cell.predicted)}px, ${drawing.rowAt(cell.actual)}px)`,
                    width: `${drawing.cellSize}px`,
                    height: `${drawing.cellSize}px`,
                  }}
                />
              ),
          )}
        </div>
      </div>
      <p class="muted small">
        {pointed.value && drawing ? (
          inWords(pointed.value)
        ) : (
          <>
            Percentage of each true class. <span class="hint">Click a cell to see its images below.</span>
          </>
        )}
      </p>
      <TopConfusions confusion={confusion} classNames={classNames} />
    </div>
  );
};

const cellOf = (text: string | null, classes: number): Cell | null => {
  if (text === null) return null;
  const [actual, predicted] = text.split('-').map(Number) as [number, number];
  return Math.max(actual, predicted) < classes ? { actual, predicted } : null;
};
