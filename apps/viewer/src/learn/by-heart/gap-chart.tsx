import { curveChart } from '@dropout-lab/charts';
import { WITHOUT_DROPOUT } from '@dropout-lab/study';
import { useCallback, useMemo } from 'preact/hooks';
import { curvePair } from '../../shared/charts/series.ts';
import { useDrawing } from '../../shared/charts/use-drawing.ts';
import type { Summary } from '../../shared/runs/summary.ts';
import { GapOverlay } from './gap-overlay.tsx';
import './gap-chart.css';

interface GapChartProps {
  readonly run: Summary;
  readonly epoch: number;
  readonly onEpoch: (epoch: number) => void;
}

const arm = { key: 'run', label: 'no dropout', color: WITHOUT_DROPOUT, settings: [] };

const heightOf = (width: number): number => Math.round(Math.min(340, Math.max(230, 0.6 * width)));

/** Training and validation accuracy; what is after the epoch is covered, and the gap before it is filled. */
export const GapChart = ({ run, epoch, onEpoch }: GapChartProps) => {
  const [validation, training] = useMemo(() => curvePair(run, arm, 'accuracy', (part) => part), [run]);
  const draw = useCallback(
    (width: number) =>
      // The overlay tints the gap and names the lines.
      curveChart(
        [
          { ...validation, lowest: undefined, training: undefined, end: '' },
          { ...training, end: '' },
        ],
        {
          title: 'Accuracy',
          quantity: 'accuracy',
          width,
          height: heightOf(width),
          hasLegend: false,
        },
      ),
    [validation, training],
  );
  const { frame, canvas, width, drawing } = useDrawing(draw);
  const last = training.points.at(-1)!.x;
  const read = ({ clientX, currentTarget }: PointerEvent): void => {
    if (!drawing) return;
    const { left } = (currentTarget as HTMLElement).getBoundingClientRect();
    onEpoch(Math.min(last, Math.max(1, Math.round(drawing.xAt(clientX - left)))));
  };
  return (
    // The slider below does the same by keyboard.
    <div
      ref={frame}
      class="gap-chart"
      style={{ height: `${heightOf(width)}px` }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        read(event);
      }}
      onPointerMove={(event) => event.buttons === 1 && read(event)}
    >
      <div ref={canvas} />
      {drawing && (
        <GapOverlay
          drawing={drawing}
          width={width}
          epoch={epoch}
          training={training.points}
          validation={validation.points}
        />
      )}
    </div>
  );
};
