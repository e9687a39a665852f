import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { LineChart } from '../shared/charts/line-chart.tsx';
import { curvePair, emptyInWords, MARKS, reachOf } from '../shared/charts/series.ts';
import { lossOnChart, percent } from '../shared/format.ts';
import type { Summary } from '../shared/runs/summary.ts';
import { arms, show, view } from '../shared/state.ts';

/** The epoch under the pointer, of whichever chart. */
const hover = signal<number | null>(null);

/** Loss, accuracy and learning rate over the epochs of a run. */
export const RunCurves = ({ summary }: { readonly summary: Summary }) => {
  const arm = arms.value.get(summary.name);
  const [losses, accuracies, rates] = useMemo(() => {
    const points = summary.history.map(({ epoch, learningRate }) => ({
      x: epoch,
      y: learningRate,
      raw: learningRate,
    }));
    return [
      curvePair(summary, arm, 'loss', (part) => part),
      curvePair(summary, arm, 'accuracy', (part) => part),
      [{ key: 'rate', label: 'learning rate', arm: arm?.color ?? 0, points }],
    ];
  }, [summary, arm]);
  const { from, to } = view.value;
  const onZoom = (first: number | null, last: number | null) => show({ from: first, to: last }, true);
  const all = [summary];
  const common = { from, to, onZoom, hover, empty: emptyInWords(all), reach: reachOf(all), of: summary.name };
  return (
    <>
      <p class="muted key">Solid lines show validation, dashed lines training. {MARKS}</p>
      <div class="charts three">
        <LineChart {...common} title="Loss" quantity="loss" series={losses!} format={lossOnChart} />
        <LineChart {...common} title="Accuracy" quantity="accuracy" series={accuracies!} format={percent} />
        <LineChart {...common} title="Learning rate" quantity="learning rate" series={rates!} format={rate} />
      </div>
    </>
  );
};

const rate = (value: number): string => value.toPrecision(2);
