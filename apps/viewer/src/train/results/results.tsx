import { signal } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import { download } from '../../shared/charts/download.ts';
import { LineChart } from '../../shared/charts/line-chart.tsx';
import { ArmLabel, StatusBadge } from '../../shared/charts/marks.tsx';
import { curvePair, emptyInWords, MARKS, reachOf, type Series } from '../../shared/charts/series.ts';
import { ErrorMessage } from '../../shared/controls/error-message.tsx';
import { useLoaded } from '../../shared/controls/use-loaded.ts';
import { lossOnChart, percent } from '../../shared/format.ts';
import { originOf } from '../../shared/images/origin.ts';
import { summaryOf } from '../../shared/runs/summary.ts';
import { verdictsOfArms } from '../../shared/runs/verdict.ts';
import { VerdictText } from '../../shared/runs/verdict-text.tsx';
import { show, view } from '../../shared/state.ts';
import { armOf } from '../arm-label.ts';
import { downloadArm, giveArm, isPaused, predictionsOfArm, type TrainedArm } from '../arm-training.ts';
import { commandOf } from '../settings.ts';
import { ArmMetrics } from './arm-metrics.tsx';
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

const ArmCard = ({ arm }: { readonly arm: TrainedArm }) => {
  const { status, reason, run, config, notKept } = arm;
  const summary = run.value && summaryOf(run.value.digest);
  const [error, setError] = useState<string>();
  const isSaved =
    status.value.state !== 'failed' &&
    ((summary?.history.length ?? 0) > 0 || summary?.status === 'interrupted');
  const save = (): Promise<void> =>
    downloadArm(arm).then(
      (file) => download(file, `${run.value!.digest.manifest.id}.zip`),
      (error: Error) => setError(error.message),
    );
  /** Shows the run on the page for runs like it. */
  const look = (page: 'playground' | 'run'): Promise<void> =>
    giveArm(arm).then(
      (name) => show({ page, runs: [name] }),
      (error: Error) => setError(error.message),
    );
  return (
    <section class="card" aria-label={armOf(arm).label}>
      <h2>
        <ArmLabel arm={armOf(arm)} />
      </h2>
      {status.value.state === 'failed' ? (
        <ErrorMessage message={`Training failed: ${status.value.error}`} />
      ) : summary ? (
        <StatusBadge
          summary={
            isPaused.value && summary.status === 'running' ? { ...summary, status: 'paused' } : summary
          }
        />
      ) : (
        <p class="muted">Loading the images and the backend …</p>
      )}
      {summary?.ending !== undefined && <p class="small">{summary.ending}</p>}
      {summary && <ArmMetrics summary={summary} />}
      {reason.value && <p class="muted small">{reason.value}</p>}
      <div class="actions">
        <button type="button" class="button small" disabled={!isSaved} onClick={() => look('playground')}>
          Try it in the playground
        </button>
        <button type="button" class="button small" disabled={!isSaved} onClick={() => look('run')}>
          Its errors and weights
        </button>
        <button type="button" class="button small" disabled={!isSaved} onClick={save}>
          Download the run
        </button>
      </div>
      <ErrorMessage message={error} />
      {notKept.value !== undefined && (
        <p class="muted small">{`This browser does not keep the run in case that you leave the page: ${notKept.value}`}</p>
      )}
      <details>
        <summary>The same in Node</summary>
        <pre>{commandOf(config)}</pre>
        <p class="muted small">
          {originOf(config.dataset).kind === 'sample' &&
            'It trains from the same initial weights, on the official images, which this page does not have. '}
          The download is a run directory: once it is unpacked, <code>dropout-lab evaluate</code> and{' '}
          <code>dropout-lab export</code> read it.
        </p>
      </details>
    </section>
  );
};
