import { curveChart } from '@dropout-lab/charts';
import { WITH_DROPOUT, WITHOUT_DROPOUT } from '@dropout-lab/study';
import { useCallback } from 'preact/hooks';
import { curvePair } from '../../shared/charts/series.ts';
import { useDrawing } from '../../shared/charts/use-drawing.ts';
import type { Summary } from '../../shared/runs/summary.ts';
import './loss-chart.css';

interface LossChartProps {
  readonly plain: Summary | undefined;
  readonly dropped: Summary | undefined;
  /** Length of the trainings: the axis is fixed to it. */
  readonly epochs: number;
  /** Of the arm with dropout. */
  readonly label: string;
}

const HEIGHT = 280;

/** Loss of both trainings, training dashed and validation solid. */
export const LossChart = ({ plain, dropped, epochs, label }: LossChartProps) => {
  const draw = useCallback(
    (width: number) => {
      const arms = [
        { run: plain, label: 'no dropout', color: WITHOUT_DROPOUT },
        { run: dropped, label, color: WITH_DROPOUT },
      ];
      const curves = arms.flatMap(({ run, ...arm }) =>
        run ? curvePair(run, { ...arm, key: arm.label, settings: [] }, 'loss', () => arm.label) : [],
      );
      const options = { title: 'Loss', quantity: 'loss', width, height: HEIGHT, hasLegend: true } as const;
      return curveChart(curves, { ...options, from: 1, to: epochs });
    },
    [plain, dropped, epochs, label],
  );
  const { frame, canvas } = useDrawing(draw);
  const isEmpty = (plain?.history.length ?? 0) === 0;
  return (
    <div ref={frame} class="loss-chart">
      <div ref={canvas} />
      {isEmpty && <p class="muted">{plain ? 'The first epoch …' : 'Nothing trained yet'}</p>}
    </div>
  );
};
