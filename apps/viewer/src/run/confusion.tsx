import { confusionChart } from '@dropout-lab/charts';
import type { EvaluationReport } from '@dropout-lab/contracts';
import { useCallback } from 'preact/hooks';
import { useDrawing } from '../shared/charts/use-drawing.ts';
import { count } from '../shared/format.ts';
import { show, view } from '../shared/state.ts';
import './confusion.css';

/** The confusion matrix of an evaluation; a cell's button chooses its images. */
export const Confusion = ({ report: { confusion, classes } }: { readonly report: EvaluationReport }) => {
  const classNames = classes.map(({ className }) => className);
  const { frame, canvas, drawing } = useDrawing(
    useCallback((width) => confusionChart({ classNames, confusion }, { width }), [confusion]),
  );
  return (
    <div class="scroll">
      <div ref={frame} class="confusion" style={{ minWidth: `${8 + 1.5 * classNames.length}rem` }}>
        <div ref={canvas} />
        {drawing?.cells.map(({ actual, predicted, count: images }) => {
          const label = `${count(images)} of ${classNames[actual]} predicted as ${classNames[predicted]}`;
          return (
            <button
              key={`${actual}-${predicted}`}
              type="button"
              style={{
                left: `${drawing.columnAt(predicted)}px`,
                top: `${drawing.rowAt(actual)}px`,
                width: `${drawing.cellSize}px`,
                height: `${drawing.cellSize}px`,
              }}
              title={label}
              aria-label={label}
              aria-pressed={view.value.cell === `${actual}-${predicted}`}
              onClick={() => show({ cell: `${actual}-${predicted}` })}
            />
          );
        })}
      </div>
      <p class="muted small">Percentage of each true class; click a cell to see its images below.</p>
    </div>
  );
};
