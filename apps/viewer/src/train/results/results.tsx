import { valueAt } from '@dropout-lab/contracts';
import { signal } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import { download } from '../../shared/charts/download.ts';
import { LineChart } from '../../shared/charts/line-chart.tsx';
import { ArmLabel, StatusBadge } from '../../shared/charts/marks.tsx';
import { curvePair, type Series } from '../../shared/charts/series.ts';
import { Fault } from '../../shared/controls/fault.tsx';
import { lossFigure, percent } from '../../shared/format.ts';
import { originOf } from '../../shared/images/origin.ts';
import type { Arm } from '../../shared/runs/arms.ts';
import { summaryOf } from '../../shared/runs/summary.ts';
import { labFlags, settingIn } from '../../shared/settings/flag-values.ts';
import { settingInWords } from '../../shared/settings/setting-words.ts';
import { show, view } from '../../shared/state.ts';
import { downloadArm, isPaused, type LabArm } from '../lab.ts';
import { COMPARED, commandOf } from '../settings.ts';
import { ArmFigures } from './arm-metrics.tsx';
import { pointsOfSteps } from './live-run.ts';
import './results.css';

const hover = signal<number | null>(null);

const compared = labFlags.find(({ name }) => name === COMPARED)!;

/** An arm's label and hue. */
const armOf = ({ name, config }: LabArm): Arm => {
  const setting = settingIn(compared, config);
  const label = setting ? settingInWords(setting.path, valueAt(config, setting.path)) : name;
  return { key: name, label, color: name === 'with' ? 0 : 1, settings: [label] };
};

/** Curves and cards of the runs that are trained in the page. */
export const Results = ({ arms }: { readonly arms: readonly LabArm[] }) => {
  const charts = ['loss', 'accuracy'] as const;
  return (
    <>
      <p class="muted key">
        Solid lines are validation, dashed ones training, with dropout on, so far in the epoch.
      </p>
      <div class="charts">
        {charts.map((of) => (
          <LabChart key={of} arms={arms} figure={of} />
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

const LabChart = ({
  arms,
  figure: of,
}: {
  readonly arms: readonly LabArm[];
  readonly figure: 'loss' | 'accuracy';
}) => {
  const runs = arms.map(({ run }) => run.value);
  const series = useMemo(
    () =>
      arms.flatMap((labArm, i): Series[] => {
        const run = runs[i];
        if (!run) return [];
        const arm = armOf(labArm);
        const labelOf = (part: string): string => `${arm.label}, ${part}`;
        const [validation, training] = curvePair(summaryOf(run.digest), arm, of, labelOf);
        return [validation, { ...training, points: [...training.points, ...pointsOfSteps(run.steps, of)] }];
      }),
    runs,
  );
  return (
    <LineChart
      title={of === 'loss' ? 'Loss' : 'Accuracy'}
      series={series}
      xLabel="epoch"
      format={of === 'loss' ? lossFigure : percent}
      from={view.value.from}
      to={view.value.to}
      onZoom={(from, to) => show({ from, to })}
      hover={hover}
    />
  );
};

const ArmCard = ({ arm }: { readonly arm: LabArm }) => {
  const { status, reason, run, config } = arm;
  const summary = run.value && summaryOf(run.value.digest);
  const [fault, setFault] = useState<string>();
  const isSaved =
    status.value.state !== 'failed' &&
    ((summary?.history.length ?? 0) > 0 || summary?.status === 'interrupted');
  const save = (): Promise<void> =>
    downloadArm(arm).then(
      (file) => download(file, `${run.value!.digest.manifest.id}.zip`),
      (error: Error) => setFault(error.message),
    );
  return (
    <section class="card" aria-label={armOf(arm).label}>
      <h2>
        <ArmLabel arm={armOf(arm)} />
      </h2>
      {status.value.state === 'failed' ? (
        <Fault message={`Training failed: ${status.value.fault}`} />
      ) : summary ? (
        <StatusBadge
          summary={
            isPaused.value && summary.status === 'running' ? { ...summary, status: 'paused' } : summary
          }
        />
      ) : (
        <p class="muted">Loading the images and the backend …</p>
      )}
      {summary && <ArmFigures summary={summary} />}
      {reason.value && <p class="muted small">{reason.value}</p>}
      <div class="actions">
        <button type="button" class="button small" disabled={!isSaved} onClick={save}>
          Download the run
        </button>
      </div>
      <Fault message={fault} />
      <details>
        <summary>The same in Node</summary>
        <pre>{commandOf(config)}</pre>
        <p class="muted small">
          {originOf(config.dataset).kind === 'sample' &&
            'From the same start, on the official images, which are not on this page. '}
          The download is a run directory: unpacked, <code>dropout-lab evaluate</code> and{' '}
          <code>dropout-lab export</code> read it.
        </p>
      </details>
    </section>
  );
};
