import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { LineChart } from '../../shared/charts/line-chart.tsx';
import { curvePair, emptyInWords, MARKS, reachOf, type Series } from '../../shared/charts/series.ts';
import { useLoaded } from '../../shared/controls/use-loaded.ts';
import { lossOnChart, percent } from '../../shared/format.ts';
import { summaryOf } from '../../shared/runs/summary.ts';
import { verdictsOfArms } from '../../shared/runs/verdict.ts';
import { VerdictText } from '../../shared/runs/verdict-text.tsx';
import { show, view } from '../../shared/state.ts';
import { armOf } from '../arm-label.ts';
import { predictionsOfArm, type TrainedArm } from '../arm-training.ts';
import { ArmCard } from './arm-card.tsx';
import { pointsOfSteps } from './live-run.ts';
import './results.css';

const hover = signal<number | null>(null);

/** Curves and cards of the runs that are trained on the page. */
export const Results = ({ arms }: { readonly arms: readonly TrainedArm[] }) => {
  const charts = ['loss', 'accuracy'] as const;
  return (
    <>
      <ArmsVerdict arms={arms} />
      <p class="muted key">
        Solid lines show validation, dashed lines training with dropout on, up to now in the unfinished epoch.{' '}
        {MARKS}
      </p>
      <div class="charts">
        {charts.map((of) => (
          <ArmsChart key={of} arms={arms} metric={of} />
        ))}
      </div>
      <div class="arms">
        {arms.map((arm) => (
          <ArmCard key={arm.id} arm={arm} />
        ))}
      </div>
    </>
  );
};

/** The verdict on the runs, while they train and at their end. */
const ArmsVerdict = ({ arms }: { readonly arms: readonly TrainedArm[] }) => {
  const ended = arms.every(({ status }) => status.value.state === 'ended');
  const answers = useLoaded(ended ? arms.map(({ id }) => id).join(' ') : null, async () =>
    Promise.all(arms.map(async (arm) => [arm.name, await predictionsOfArm(arm)] as const)),
  );
  const known = answers.state === 'ready' ? answers.value : [];
  const compared = arms.map((arm) => {
    const run = arm.run.value;
    return { label: armOf(arm).label, runs: run ? [summaryOf(run.digest)] : [] };
  });
  if (compared.some(({ runs }) => runs.length === 0)) return null;
  const kept = known.flatMap(([name, predictions]) => (predictions ? [[name, predictions] as const] : []));
  return <VerdictText sentences={verdictsOfArms(compared, new Map(kept))} />;
};

const ArmsChart = ({
  arms,
  metric: of,
}: {
  readonly arms: readonly TrainedArm[];
  readonly metric: 'loss' | 'accuracy';
}) => {
  const runs = arms.map(({ run }) => run.value);
  const series = useMemo(
    () =>
      arms.flatMap((trainedArm, i): Series[] => {
        const run = runs[i];
        if (!run) return [];
        const arm = armOf(trainedArm);
        const labelOf = (part: string): string => `${arm.label}, ${part}`;
        const [validation, training] = curvePair(summaryOf(run.digest), arm, of, labelOf);
        return [validation, { ...training, points: [...training.points, ...pointsOfSteps(run.steps, of)] }];
      }),
    runs,
  );
  const summaries = runs.flatMap((run) => (run ? summaryOf(run.digest) : []));
  return (
    <LineChart
      title={of === 'loss' ? 'Loss' : 'Accuracy'}
      series={series}
      empty={summaries.length === 0 ? 'No epoch has ended yet' : emptyInWords(summaries)}
      reach={reachOf(summaries, 0)}
      quantity={of}
      format={of === 'loss' ? lossOnChart : percent}
      from={view.value.from}
      to={view.value.to}
      onZoom={(from, to) => show({ from, to }, true)}
      hover={hover}
    />
  );
};
