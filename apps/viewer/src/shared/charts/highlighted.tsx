import type { CurveDrawing } from '@dropout-lab/charts';
import { armDashes, TRAINING_DASHES } from '@dropout-lab/charts/palette';
import { type ReadonlySignal, signal } from '@preact/signals';
import { hueOf } from './marks.tsx';
import { lineOf } from './readings.ts';
import type { Series } from './series.ts';
import './highlighted.css';

/** The lines of the arm that is pointed at in a list of arms, in all charts of the page; see `lineOf`. */
export const chosenLines = signal<ReadonlySet<string>>(new Set());

interface HighlightedProps {
  readonly series: readonly Series[];
  readonly drawing: CurveDrawing;
}

/** Beyond the curves, so that no circle is half muted, in pixels. */
const EDGE = 7;

/** Lines over all others, which are muted. */
export const Highlighted = ({ series, drawing }: HighlightedProps) => {
  const { area } = drawing;
  const [left, top] = [area.left - EDGE, area.top - EDGE];
  const [width, height] = [area.right + EDGE - left, area.bottom + EDGE - top];
  return (
    <svg
      class="highlighted"
      viewBox={`${left} ${top} ${width} ${height}`}
      style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }}
      aria-hidden="true"
    >
      {series.map((one) => (
        <Line key={one.key} series={one} drawing={drawing} />
      ))}
    </svg>
  );
};

const Line = ({ series, drawing }: { readonly series: Series; readonly drawing: CurveDrawing }) => {
  const { points, arm, dashed } = series;
  const line = points.map(({ x, y }) => `${drawing.x(x).toFixed(1)},${drawing.y(y).toFixed(1)}`).join(' ');
  return (
    <g style={hueOf(arm)}>
      <polyline class="ground" points={line} />
      <polyline points={line} stroke-dasharray={dashed ? TRAINING_DASHES : armDashes(arm)} />
    </g>
  );
};

interface ChosenProps extends HighlightedProps {
  readonly hover: ReadonlySignal<number | null>;
}

/** The lines that are pointed at in a list of arms, while none is pointed at in the chart. */
export const Chosen = ({ series, drawing, hover }: ChosenProps) => {
  const lines = series.filter((one) => chosenLines.value.has(lineOf(one)));
  return hover.value === null && lines.length > 0 ? <Highlighted series={lines} drawing={drawing} /> : null;
};
