import type { View } from '../shared/address.ts';
import { CIRCLES, MARKS } from '../shared/charts/series.ts';
import type { Summary } from '../shared/runs/summary.ts';
import { view } from '../shared/state.ts';
import { groupsOf, isGrouped } from './groups.ts';
import { MetricChart, type MetricChartProps } from './metric-chart.tsx';

type Picture = Omit<MetricChartProps, 'shown'>;

const together: readonly Picture[] = [
  { title: 'Loss', metric: 'loss', part: 'both' },
  { title: 'Accuracy', metric: 'accuracy', part: 'both' },
];

const apart: readonly Picture[] = [
  { title: 'Validation loss', metric: 'loss', part: 'validation' },
  { title: 'Training loss', metric: 'loss', part: 'training' },
  { title: 'Validation accuracy', metric: 'accuracy', part: 'validation' },
  { title: 'Training accuracy', metric: 'accuracy', part: 'training' },
];

/** The most arms or runs whose validation and training are in one chart; the lines of more could not be distinguished. */
const MOST_PAIRS = 4;

/** The curves of the runs that are shown: of a few validation and training together, of many each by itself. */
export const Charts = ({ shown }: { readonly shown: readonly Summary[] }) => {
  const isPaired = curvesOf(view.value, shown) <= MOST_PAIRS;
  return (
    <>
      <p class="muted key">
        {isPaired ? `Solid lines show validation, dashed lines training. ${MARKS}` : CIRCLES}
      </p>
      <div class="charts">
        {(isPaired ? together : apart).map((picture) => (
          <MetricChart key={picture.title} {...picture} shown={shown} />
        ))}
      </div>
    </>
  );
};

const curvesOf = (options: View, shown: readonly Summary[]): number =>
  isGrouped(options, shown) ? groupsOf(shown).length : shown.length;
