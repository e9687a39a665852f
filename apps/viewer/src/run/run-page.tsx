import type {
  EvaluationReport,
  ImageDataset,
  NamedArray,
  Predictions,
  RunConfig,
} from '@dropout-lab/contracts';
import { weightNorms } from '@dropout-lab/metrics';
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { withAlpha } from '../playground/pixels.ts';
import { LineChart } from '../shared/charts/line-chart.tsx';
import { ArmLabel, StatusBadge } from '../shared/charts/marks.tsx';
import { curvePair } from '../shared/charts/series.ts';
import type { KernelLimit } from '../shared/compute/kernel-limits.ts';
import { ImageTile } from '../shared/controls/image-tile.tsx';
import { PixelCanvas } from '../shared/controls/pixel-canvas.tsx';
import { type Loaded, useLoaded } from '../shared/controls/use-loaded.ts';
import { count, dateAndTime, duration, figure, lossFigure, percent } from '../shared/format.ts';
import { fetchCommand, imageShapeOf, originOf } from '../shared/images.ts';
import {
  type LoadedModel,
  loadEvaluation,
  loadModel,
  loadPredictions,
  loadTestImages,
} from '../shared/run-files.ts';
import { arms, curveSummaries, linkTo, pickedSummaries, show, view } from '../shared/state.ts';
import { type Summary, shownCheckpoint } from '../shared/summary.ts';

const hover = signal<number | null>(null);

/** All that is known of one run. */
export const RunPage = () => {
  const summary = pickedSummaries.value[0];
  if (!summary) {
    return (
      <section class="message">
        <h1>No such run</h1>
        <p>
          {view.value.runs[0] ? `There is no run named “${view.value.runs[0]}” here. ` : ''}
          <a href={linkTo('runs')}>All runs</a>
        </p>
      </section>
    );
  }
  return <OneRun key={summary.name} summary={summary} />;
};

const OneRun = ({ summary }: { readonly summary: Summary }) => {
  const { name, run, best, lowestLoss, test, seconds, onset, warnings } = summary;
  const { manifest } = run;
  const evaluation = useLoaded(run.hasEvaluation ? `${name} ${summary.status}` : null, () =>
    loadEvaluation(name),
  );
  const predictions = useLoaded(run.hasPredictions ? `${name} ${summary.status}` : null, () =>
    loadPredictions(name),
  );
  const checkpoint = shownCheckpoint(summary);
  const model = useLoaded(checkpoint ? `${name} ${checkpoint.name} ${checkpoint.row?.epoch}` : null, () =>
    loadModel(name, checkpoint!.name),
  );
  return (
    <div class="run">
      <div class="title-row">
        <h1>{name}</h1>
        <StatusBadge summary={summary} />
        <a class="button" href={linkTo('compare', { runs: [name] })}>
          Compare
        </a>
      </div>
      <p class="about">
        <ArmLabel arm={arms.value.get(name)} />
        <span class="muted">
          {`seed ${manifest.config.seed} · ${manifest.backend.description} · ${dateAndTime(manifest.createdAt)} · ${duration(seconds)}`}
        </span>
      </p>
      {warnings.map((warning) => (
        <p key={warning} class="note">
          {warning}
        </p>
      ))}
      <dl class="figures">
        <Figure
          name="Best validation accuracy"
          value={percent(best?.accuracy)}
          note={best && `epoch ${best.epoch}`}
        />
        <Figure
          name="Lowest validation loss"
          value={figure(lowestLoss?.loss)}
          note={lowestLoss && `epoch ${lowestLoss.epoch}`}
        />
        <Figure
          name="Test accuracy"
          value={percent(test?.accuracy)}
          note={test && `loss ${figure(test.loss)}`}
        />
        <Figure name="Overfitting" value={onset ? `from epoch ${onset}` : 'not seen'} />
      </dl>
      <Curves summary={curveSummaries.value[0] ?? summary} />
      <Section title="By class, on the test images" loaded={evaluation} none="This run is not evaluated yet.">
        {(report) => (
          <div class="halves">
            <ClassFigures report={report} />
            <Confusion report={report} />
          </div>
        )}
      </Section>
      <Mistakes predictions={predictions} config={manifest.config} classNames={manifest.classNames} />
      <Section title="Calibration" loaded={evaluation} none="This run is not evaluated yet.">
        {(report) => <Reliability report={report} />}
      </Section>
      <Section title="Weights" loaded={model} none="This run has no checkpoint yet.">
        {(loaded) => (
          <div class="halves">
            <Norms model={loaded} />
            <Filters arrays={loaded.weights} channels={imageShapeOf(manifest.config)[2]} />
          </div>
        )}
      </Section>
    </div>
  );
};

const Figure = ({
  name,
  value,
  note,
}: {
  readonly name: string;
  readonly value: string;
  readonly note?: string | undefined;
}) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {value} {note && <span class="muted">{note}</span>}
    </dd>
  </div>
);

interface SectionProps<T> {
  readonly title: string;
  readonly loaded: Loaded<T>;
  readonly none: string;
  readonly children: (value: T) => ComponentChildren;
}

const Section = <T,>({ title, loaded, none, children }: SectionProps<T>) => (
  <section class="block">
    <h2>{title}</h2>
    {loaded.state === 'none' && <p class="muted">{none}</p>}
    {loaded.state === 'loading' && <p class="muted placeholder">Loading …</p>}
    {loaded.state === 'failed' && <p class="fault">{loaded.reason}</p>}
    {loaded.state === 'ready' && children(loaded.value)}
  </section>
);

const Curves = ({ summary }: { readonly summary: Summary }) => {
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
      [{ key: 'rate', label: 'learning rate', hue: arm?.color ?? 0, points }],
    ];
  }, [summary, arm]);
  const { from, to } = view.value;
  const onZoom = (first: number | null, last: number | null) => show({ from: first, to: last });
  const common = { xLabel: 'epoch', from, to, onZoom, hover };
  return (
    <>
      <p class="muted key">Solid lines are validation, dashed ones training.</p>
      <div class="charts three">
        <LineChart {...common} title="Loss" series={losses!} format={lossFigure} />
        <LineChart {...common} title="Accuracy" series={accuracies!} format={percent} />
        <LineChart {...common} title="Learning rate" series={rates!} format={rate} />
      </div>
    </>
  );
};
const rate = (value: number, digits?: number): string =>
  digits === undefined ? value.toPrecision(2) : value.toFixed(digits);

const ClassFigures = ({ report }: { readonly report: EvaluationReport }) => (
  <table class="plain bars">
    <caption class="hidden">Precision and recall of each class</caption>
    <thead>
      <tr>
        <th scope="col">Class</th>
        <th scope="col">Accuracy (recall)</th>
        <th scope="col">Precision</th>
      </tr>
    </thead>
    <tbody>
      {report.classes.map(({ className, recall, precision }) => (
        <tr key={className}>
          <th scope="row">{className}</th>
          <td>
            <meter min="0" max="1" value={recall} aria-label={`accuracy of ${className}`} /> {percent(recall)}
          </td>
          <td>{percent(precision)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** The least of a cell's share that is told by its ground, so that a rare mistake is still seen. */
const FAINT = 8;

const Confusion = ({ report: { confusion, classes } }: { readonly report: EvaluationReport }) => {
  const names = classes.map(({ className }) => className);
  return (
    <div class="scroll">
      <table class="confusion">
        <caption class="muted">
          Rows are true classes, columns predicted ones; a cell shows its images below.
        </caption>
        <thead>
          <tr>
            <td />
            {names.map((name) => (
              <th key={name} scope="col">
                <span>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, t) => {
            const total = row.reduce((sum, value) => sum + value, 0);
            return (
              <tr key={names[t]}>
                <th scope="row">{names[t]}</th>
                {row.map((value, p) => {
                  const share = total === 0 ? 0 : value / total;
                  const heat = value === 0 ? 0 : FAINT + share * (100 - FAINT);
                  return (
                    <td
                      key={names[p]}
                      style={{ background: `color-mix(in srgb, var(--heat-1) ${heat}%, var(--heat-0))` }}
                    >
                      <button
                        type="button"
                        class={share > 0.5 ? 'deep' : undefined}
                        aria-pressed={view.value.cell === `${t}-${p}`}
                        aria-label={`${count(value)} of ${names[t]} predicted as ${names[p]}`}
                        onClick={() => show({ cell: `${t}-${p}` })}
                      >
                        {value}
                      </button>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
};

interface MistakesProps {
  readonly predictions: Loaded<Predictions>;
  readonly config: RunConfig;
  readonly classNames: readonly string[];
}

/** So many images of a kind are shown. */
const TILES = 24;

/** The images of the chosen cell, or those that were mistaken with most confidence. */
const Mistakes = ({ predictions, config, classNames }: MistakesProps) => {
  const { cell } = view.value;
  const { dataset } = config;
  // Of a sample only some are here, and under other numbers.
  const areHere = ['drawn', 'files'].includes(originOf(dataset).kind);
  const images = useLoaded<ImageDataset>(areHere && predictions.state === 'ready' ? dataset : null, () =>
    loadTestImages(dataset),
  );
  const title = cell === null ? 'Most confidently wrong' : titleOf(cell, classNames);
  return (
    <Section
      title={title}
      loaded={predictions}
      none="This run keeps no predictions of single images: run it, or its evaluation, anew."
    >
      {(all) => {
        const chosen = cell === null ? confidentlyWrong(all) : inCell(all, cell);
        return (
          <>
            {cell !== null && (
              <button type="button" class="link" onClick={() => show({ cell: null })}>
                Show the most confidently wrong
              </button>
            )}
            {chosen.length === 0 && <p class="muted">There is no such image.</p>}
            {!areHere && (
              <p class="muted">{`The images themselves are not here: ${fetchCommand(dataset)} brings them.`}</p>
            )}
            {images.state === 'failed' && <p class="fault">{images.reason}</p>}
            {images.state === 'loading' && <p class="muted placeholder">Loading the images …</p>}
            {images.state === 'ready' && (
              <div class="tiles">
                {chosen.slice(0, TILES).map((i) => (
                  <ImageTile
                    key={i}
                    images={images.value}
                    index={i}
                    caption={`${classNames[all.predicted[i]!]} ${percent(all.confidence[i], 0)}, is ${classNames[all.labels[i]!]}`}
                  />
                ))}
              </div>
            )}
          </>
        );
      }}
    </Section>
  );
};

const titleOf = (cell: string, classNames: readonly string[]): string => {
  const [t, p] = cell.split('-').map(Number);
  return `${classNames[t!] ?? 'unknown'} predicted as ${classNames[p!] ?? 'unknown'}`;
};

const byConfidence = ({ confidence }: Predictions, chosen: readonly number[]): number[] =>
  [...chosen].sort((a, b) => confidence[b]! - confidence[a]!);

const confidentlyWrong = (all: Predictions): number[] =>
  byConfidence(
    all,
    [...all.labels.keys()].filter((i) => all.labels[i] !== all.predicted[i]),
  );

const inCell = (all: Predictions, cell: string): number[] =>
  byConfidence(
    all,
    [...all.labels.keys()].filter((i) => `${all.labels[i]}-${all.predicted[i]}` === cell),
  );

const SIDE = 240;

const Reliability = ({ report }: { readonly report: EvaluationReport }) => (
  <div class="beside">
    <svg
      class="reliability"
      viewBox={`-34 -8 ${SIDE + 50} ${SIDE + 44}`}
      role="img"
      aria-label="Reliability diagram: accuracy by confidence"
    >
      <rect width={SIDE} height={SIDE} class="ground" />
      {report.reliability.map(({ lower, upper, accuracy, count: images }) =>
        images === 0 ? null : (
          <rect
            key={lower}
            x={lower * SIDE + 1}
            y={SIDE * (1 - accuracy)}
            width={(upper - lower) * SIDE - 2}
            height={accuracy * SIDE}
            class="bar"
          >
            <title>{`${count(images)} images of confidence ${percent(lower, 0)} to ${percent(upper, 0)}: ${percent(accuracy)} right`}</title>
          </rect>
        ),
      )}
      <line x1="0" y1={SIDE} x2={SIDE} y2="0" class="ideal" />
      {[0, 0.5, 1].map((tick) => (
        <g key={tick}>
          <text x={tick * SIDE} y={SIDE + 16} text-anchor="middle">
            {percent(tick, 0)}
          </text>
          <text x="-6" y={SIDE * (1 - tick) + 4} text-anchor="end">
            {percent(tick, 0)}
          </text>
        </g>
      ))}
      <text x={SIDE / 2} y={SIDE + 32} text-anchor="middle">
        confidence
      </text>
    </svg>
    <div class="prose">
      <p>
        Expected calibration error <b>{percent(report.expectedCalibrationError)}</b>, Brier score{' '}
        <b>{figure(report.brierScore, 3)}</b>
      </p>
      <p class="muted">
        A bar is how often the model is right when it is so sure. Below the diagonal it is surer than it
        should be, above it less sure.
      </p>
    </div>
  </div>
);

/** The axes that a kernel's norm is summed over: those of its max-norm, or all incoming weights of a unit. */
const axesOf = (limit: KernelLimit | undefined, rank: number): readonly number[] => {
  const fanIn = Array.from({ length: rank - 1 }, (_, axis) => axis);
  const axes = limit?.axes ?? fanIn;
  return axes.every((axis) => axis < rank - 1) ? axes : fanIn;
};

const KERNEL = /\/kernel$/;

const Norms = ({ model: { weights, limits } }: { readonly model: LoadedModel }) => {
  const rows = weights
    .filter(({ name }) => KERNEL.test(name))
    .map((kernel) => {
      const name = kernel.name.replace(KERNEL, '');
      const held = limits.get(name);
      const limit = held?.limit;
      const norms = [...weightNorms(kernel, axesOf(held, kernel.shape.length))].sort((a, b) => a - b);
      const at = (share: number) => norms[Math.round(share * (norms.length - 1))]!;
      // A norm that is held at the limit is under it by the epsilon of the constraint.
      const atLimit =
        limit === undefined ? undefined : norms.filter((norm) => norm > limit * 0.999).length / norms.length;
      return { name, limit, lowest: at(0), median: at(0.5), highest: at(1), atLimit };
    });
  const all = [...new Set(rows.flatMap(({ limit }) => limit ?? []))];
  const most = Math.max(...all, ...rows.map(({ highest }) => highest)) * 1.05;
  return (
    <div>
      <h3>Norms of incoming weights</h3>
      <table class="plain norms">
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">
              Lowest, median, highest{all.length === 0 ? '' : ` · limit ${all.join(' or ')}`}
            </th>
            {all.length > 0 && <th scope="col">At the limit</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, limit, lowest, median, highest, atLimit }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <span class="range-bar" aria-hidden="true">
                  <span
                    class="extent"
                    style={{
                      left: `${(lowest / most) * 100}%`,
                      width: `${((highest - lowest) / most) * 100}%`,
                    }}
                  />
                  <span class="median" style={{ left: `${(median / most) * 100}%` }} />
                  {limit !== undefined && <span class="limit" style={{ left: `${(limit / most) * 100}%` }} />}
                </span>
                {`${figure(lowest, 2)}, ${figure(median, 2)}, ${figure(highest, 2)}`}
              </td>
              {all.length > 0 && <td>{percent(atLimit, 0)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const Filters = ({
  arrays,
  channels,
}: {
  readonly arrays: readonly NamedArray[];
  /** Of the images: what the first layer looks at can be seen as one. */
  readonly channels: number;
}) => {
  const kernel = arrays.find(
    ({ name, shape }) => KERNEL.test(name) && shape.length === 4 && shape[2] === channels,
  );
  if (!kernel) return null;
  const filters = kernel.shape[3]!;
  return (
    <div>
      <h3>{`${filters} filters of the first layer`}</h3>
      <div class="filters">
        {Array.from({ length: filters }, (_, f) => (
          <FilterTile key={f} kernel={kernel} filter={f} />
        ))}
      </div>
    </div>
  );
};

interface FilterTileProps {
  /** [height, width, channels, filters]. */
  readonly kernel: NamedArray;
  readonly filter: number;
}

/** A filter as colours, or as greys where images are grey: grey is no weight, a weight brightens or darkens it. */
const FilterTile = ({ kernel, filter }: FilterTileProps) => {
  const [height, width, channels, filters] = kernel.shape as [number, number, number, number];
  const pixels = useMemo(() => {
    const weights = Float32Array.from(
      { length: height * width * channels },
      (_, i) => kernel.values[i * filters + filter]!,
    );
    const largest = Math.max(...weights.map(Math.abs), 1e-12);
    return withAlpha({
      pixels: Uint8Array.from(weights, (w) => Math.round(127.5 * (1 + w / largest))),
      channels,
    });
  }, [kernel, filter]);
  return <PixelCanvas width={width} height={height} pixels={pixels} label={`filter ${filter}`} />;
};
