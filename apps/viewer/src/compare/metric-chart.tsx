import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { LineChart } from '../shared/charts/line-chart.tsx';
import { emptyInWords, pairsOf, reachOf, seriesOf } from '../shared/charts/series.ts';
import { lossOnChart, percent } from '../shared/format.ts';
import type { Summary } from '../shared/runs/summary.ts';
import { arms, show, view } from '../shared/state.ts';
import { isGrouped } from './groups.ts';

/** x under the pointer, of whichever chart. */
const hover = signal<number | null>(null);

export interface MetricChartProps {
  readonly title: string;
  readonly metric: 'loss' | 'accuracy';
  readonly part: 'validation' | 'training' | 'both';
  readonly shown: readonly Summary[];
}

/** The curves of one metric of all runs that are shown. */
export const MetricChart = ({ title, metric, part, shown }: MetricChartProps) => {
  const { x, smooth, log, from, to } = view.value;
  const group = isGrouped(view.value, shown);
  const isLoss = metric === 'loss';
  const series = useMemo(() => {
    const options = { x, smooth, group };
    if (part === 'both') return pairsOf(shown, arms.value, metric, options);
    return seriesOf(shown, arms.value, part === 'training' ? metric : `val_${metric}`, options);
  }, [shown, arms.value, metric, part, x, smooth, group]);
  return (
    <LineChart
      title={title}
      series={series}
      empty={emptyInWords(shown)}
      reach={x === 'epoch' ? reachOf(shown) : undefined}
      quantity={metric}
      xLabel={x === 'epoch' ? 'epoch' : 'minutes'}
      format={isLoss ? lossOnChart : percent}
      log={log && isLoss}
      from={from}
      to={to}
      onZoom={(first, last) => show({ from: first, to: last }, true)}
      hover={hover}
    />
  );
};
