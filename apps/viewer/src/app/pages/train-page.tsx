import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { MOST_DROPPED, type View } from '../address.ts';
import type { Arm } from '../arms.ts';
import { BackendSelect } from '../components/backend-select.tsx';
import { Fault } from '../components/fault.tsx';
import { LineChart } from '../components/line-chart.tsx';
import { ArmLabel, StatusBadge } from '../components/marks.tsx';
import { download } from '../download.ts';
import { count, figure, lossFigure, percent } from '../format.ts';
import {
  downloadArm,
  isPaused,
  type LabArm,
  labArms,
  pauseLab,
  resetLab,
  resumeLab,
  startLab,
  stopLab,
} from '../lab/lab.ts';
import { pointsOfSteps } from '../lab/live-run.ts';
import { commandOf, defaultLearningRates } from '../lab/settings.ts';
import { curvePair, type Series } from '../series.ts';
import { imagesUrlOf } from '../source.ts';
import { show, view } from '../state.ts';
import { type Summary, summaryOf } from '../summary.ts';

const hover = signal<number | null>(null);

/** The images that ship with the page. */
const SAMPLE_IMAGES = 250;

/** Trains in the page, with dropout and without. */
export const TrainPage = () => (
  <div class="lab">
    <div class="title-row">
      <h1>Train here</h1>
    </div>
    <div class="lab-columns">
      <Settings />
      <div class="lab-results">
        {labArms.value.length === 0 ? <Introduction /> : <Results arms={labArms.value} />}
      </div>
    </div>
  </div>
);

const Introduction = () => (
  <section class="prose">
    <p>
      Trains the ConvNet of the tutorial in this browser, on real images of CIFAR-10, twice from the same
      start: with dropout and without. Watch validation loss: without dropout it soon rises again, while
      training loss falls on.
    </p>
    <p class="muted">
      {imagesUrlOf('cifar10') === null
        ? `It trains on the ${SAMPLE_IMAGES} images that ship with the page. All 50,000 are there once “dropout-lab data fetch” has brought them and “dropout-lab view” is started anew.`
        : 'Fewer images overfit sooner; all 50,000 are there, for a fast machine and some patience.'}
    </p>
  </section>
);

/** The most images that there are to train on. */
const mostImages = (): number => (imagesUrlOf('cifar10') === null ? SAMPLE_IMAGES : 50_000);

/** The settings as they are trained: no more images than there are. */
const currentSettings = () => ({ ...view.value, images: Math.min(view.value.images, mostImages()) });

const Settings = () => {
  const { arms, rate, norm, optimizer, learning, images, batch, epochs, seed } = currentSettings();
  const [fault, setFault] = useState<string>();
  const start = (): void => {
    try {
      startLab(currentSettings());
      setFault(undefined);
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  const states = labArms.value.map(({ status }) => status.value.state);
  const isRunning = states.some((state) => state === 'starting' || state === 'training');
  return (
    <form
      class="settings"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <Setting label="Train">
        <select
          value={arms}
          onChange={({ currentTarget }) => show({ arms: currentTarget.value as View['arms'] })}
        >
          <option value="both">both, side by side</option>
          <option value="with">with dropout</option>
          <option value="without">without dropout</option>
        </select>
      </Setting>
      <Setting label="Dropout rate" output={rate.toFixed(2)}>
        <input
          type="range"
          min="0.05"
          max={MOST_DROPPED}
          step="0.05"
          value={rate}
          disabled={arms === 'without'}
          onInput={({ currentTarget }) => show({ rate: currentTarget.valueAsNumber })}
        />
      </Setting>
      <NumberSetting
        label="Max-norm, 0 for none"
        value={norm}
        min={0}
        step="any"
        set={(value) => ({ norm: value })}
      />
      <Setting label="Optimizer">
        <select
          value={optimizer}
          onChange={({ currentTarget }) => {
            const name = currentTarget.value as View['optimizer'];
            show({ optimizer: name, learning: defaultLearningRates[name] });
          }}
        >
          <option value="adam">Adam</option>
          <option value="sgd">SGD</option>
        </select>
      </Setting>
      <NumberSetting
        label="Learning rate"
        value={learning}
        min={0}
        step="any"
        set={(value) => ({ learning: value })}
      />
      <NumberSetting
        label="Images"
        value={images}
        min={10}
        max={mostImages()}
        set={(value) => ({ images: value })}
      />
      <NumberSetting
        label="Batch size"
        value={batch}
        min={1}
        max={1000}
        set={(value) => ({ batch: value })}
      />
      <NumberSetting label="Epochs" value={epochs} min={1} max={1000} set={(value) => ({ epochs: value })} />
      <NumberSetting label="Seed" value={seed} min={0} set={(value) => ({ seed: value })} />
      <BackendSelect auto="the fastest here" />
      <div class="actions">
        <button type="submit" class={isRunning ? 'button' : 'button primary'}>
          {labArms.value.length === 0 ? 'Train' : 'Train anew'}
        </button>
        {isRunning && (
          <>
            <button type="button" class="button" onClick={isPaused.value ? resumeLab : pauseLab}>
              {isPaused.value ? 'Resume' : 'Pause'}
            </button>
            <button type="button" class="button" onClick={stopLab}>
              Stop
            </button>
          </>
        )}
        {labArms.value.length > 0 && (
          <button type="button" class="button" onClick={resetLab}>
            Reset
          </button>
        )}
      </div>
      <Fault message={fault} />
    </form>
  );
};

const Setting = ({
  label,
  output,
  children,
}: {
  readonly label: string;
  readonly output?: string;
  readonly children: ComponentChildren;
}) => (
  // biome-ignore lint/a11y/noLabelWithoutControl: the control is among its children
  <label>
    <span>{label}</span>
    {children}
    {output && <output>{output}</output>}
  </label>
);

const NumberSetting = ({
  label,
  set,
  ...input
}: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max?: number;
  readonly step?: number | 'any';
  readonly set: (value: number) => Partial<View>;
}) => (
  <Setting label={label}>
    <input
      type="number"
      required
      {...input}
      onChange={({ currentTarget }) => {
        if (currentTarget.checkValidity()) show(set(currentTarget.valueAsNumber));
        else currentTarget.reportValidity();
      }}
    />
  </Setting>
);

/** An arm's label and hue. */
const armOf = ({ name, settings }: LabArm): Arm => {
  const label = name === 'with' ? `dropout ${settings.rate}` : 'no dropout';
  return { key: name, label, color: name === 'with' ? 0 : 1, settings: [label] };
};

const Results = ({ arms }: { readonly arms: readonly LabArm[] }) => {
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
  const { status, reason, run, settings, name } = arm;
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
        <pre>{commandOf(settings, name)}</pre>
        <p class="muted small">
          {imagesUrlOf('cifar10') === null &&
            'From the same start, on the official images, which this page has not got. '}
          The download is a run directory: unpacked, <code>dropout-lab evaluate</code> and{' '}
          <code>dropout-lab export</code> read it.
        </p>
      </details>
    </section>
  );
};

const ArmFigures = ({ summary }: { readonly summary: Summary }) => {
  const { last, best, onset, progress } = summary;
  const rows: readonly (readonly [string, string])[] = [
    ['Images per second', progress?.imagesPerSecond === undefined ? '–' : count(progress.imagesPerSecond)],
    ['Training', `loss ${figure(last?.loss)}, accuracy ${percent(last?.accuracy)}`],
    ['Validation', `loss ${figure(last?.val_loss)}, accuracy ${percent(last?.val_accuracy)}`],
    ['Best validation accuracy', best ? `${percent(best.accuracy)} at epoch ${best.epoch}` : '–'],
    ['Overfitting', onset ? `from epoch ${onset}` : 'not seen'],
  ];
  return (
    <dl class="rows">
      {rows.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};
