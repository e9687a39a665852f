import type { CurveFigure } from '@dropout-lab/study';
import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type Arm, settingDifferences } from '../shared/arms.ts';
import { csvOf } from '../shared/charts/csv.ts';
import { download } from '../shared/charts/download.ts';
import { LineChart } from '../shared/charts/line-chart.tsx';
import { ArmLabel } from '../shared/charts/marks.tsx';
import { seriesOf } from '../shared/charts/series.ts';
import { counted, figure, percent, wholeNumbers } from '../shared/format.ts';
import { settingInWords } from '../shared/setting-words.ts';
import { arms, curveSummaries, linkTo, show, summaries, view } from '../shared/state.ts';
import type { Summary } from '../shared/summary.ts';

/** x under the pointer, of whichever chart. */
const hover = signal<number | null>(null);

const charts: readonly { readonly title: string; readonly figure: CurveFigure }[] = [
  { title: 'Validation loss', figure: 'val_loss' },
  { title: 'Training loss', figure: 'loss' },
  { title: 'Validation accuracy', figure: 'val_accuracy' },
  { title: 'Training accuracy', figure: 'accuracy' },
];

/** Several runs' curves side by side, alone or as arms. */
export const ComparePage = () => {
  const shown = curveSummaries.value;
  if (summaries.value.length === 0) {
    return (
      <section class="message">
        <h1>Nothing to compare yet</h1>
        <p>
          Train a run or two, then pick them on <a href={linkTo('runs')}>Runs</a>.
        </p>
      </section>
    );
  }
  if (shown.length === 0) {
    return (
      <section class="message">
        <h1>No such runs</h1>
        <p>
          None of the runs in the address is here. <a href={linkTo('compare')}>Compare all</a>
        </p>
      </section>
    );
  }
  return (
    <div class="compare">
      <div class="title-row">
        <h1>Compare</h1>
        <p class="totals muted">{`${counted(shown.length, 'run')} of ${summaries.value.length}`}</p>
        <button
          type="button"
          class="button"
          onClick={() => download(new Blob([csvOf(shown, arms.value)], { type: 'text/csv' }), 'runs.csv')}
        >
          Download CSV
        </button>
      </div>
      <Controls />
      <ArmPicker shown={shown} />
      <div class="charts">
        {charts.map((chart) => (
          <FigureChart key={chart.figure} {...chart} shown={shown} />
        ))}
      </div>
      <ArmFigures shown={shown} />
      <Differences shown={shown} />
    </div>
  );
};

const Controls = () => {
  const { x, smooth, log, group, from, to } = view.value;
  return (
    <div class="controls">
      <label>
        Over
        <select
          value={x}
          onChange={({ currentTarget }) =>
            show({ x: currentTarget.value as 'epoch' | 'time', from: null, to: null })
          }
        >
          <option value="epoch">epochs</option>
          <option value="time">minutes of training</option>
        </select>
      </label>
      <label>
        Smoothing
        <input
          type="range"
          min="0"
          max="0.95"
          step="0.05"
          value={smooth}
          onInput={({ currentTarget }) => show({ smooth: Number(currentTarget.value) })}
        />
        <output>{smooth.toFixed(2)}</output>
      </label>
      <label>
        <input type="checkbox" checked={group} onChange={() => show({ group: !group })} />
        Mean of each arm
      </label>
      <label>
        <input type="checkbox" checked={log} onChange={() => show({ log: !log })} />
        Losses on a log scale
      </label>
      <span class="range">
        <label>
          From
          <input
            type="number"
            step="any"
            value={from ?? ''}
            onChange={({ currentTarget }) => show({ from: numberOrNull(currentTarget.value) })}
          />
        </label>
        <label>
          to
          <input
            type="number"
            step="any"
            value={to ?? ''}
            onChange={({ currentTarget }) => show({ to: numberOrNull(currentTarget.value) })}
          />
        </label>
        <button
          type="button"
          class="button small"
          disabled={from === null && to === null}
          onClick={() => show({ from: null, to: null })}
        >
          Show all
        </button>
      </span>
    </div>
  );
};

const numberOrNull = (text: string): number | null =>
  text === '' || Number.isNaN(Number(text)) ? null : Number(text);

/** The arms of summaries, each once, with their runs. */
const groupsOf = (list: readonly Summary[]): [Arm, Summary[]][] => {
  const groups = new Map<Arm, Summary[]>();
  for (const summary of list) {
    const arm = arms.value.get(summary.name)!;
    groups.set(arm, [...(groups.get(arm) ?? []), summary]);
  }
  return [...groups].sort(([a], [b]) => (a.label < b.label ? -1 : 1));
};

const ArmPicker = ({ shown }: { readonly shown: readonly Summary[] }) => (
  <fieldset class="arm-picker">
    <legend class="hidden">Arms</legend>
    {groupsOf(summaries.value).map(([arm, group]) => {
      const names = group.map(({ name }) => name);
      const some = shown.some(({ name }) => names.includes(name));
      const toggle = () => {
        const others = shown.map(({ name }) => name).filter((name) => !names.includes(name));
        show({ runs: some ? others : [...others, ...names] });
      };
      return (
        <button
          key={arm.key}
          type="button"
          class="arm-chip"
          aria-pressed={some}
          disabled={some && names.length === shown.length}
          onClick={toggle}
        >
          <ArmLabel arm={arm} />
          <span class="muted">{group.length}</span>
        </button>
      );
    })}
  </fieldset>
);

const FigureChart = ({
  title,
  figure: of,
  shown,
}: (typeof charts)[number] & { readonly shown: readonly Summary[] }) => {
  const { x, smooth, log, group, from, to } = view.value;
  const isLoss = of === 'loss' || of === 'val_loss';
  const series = useMemo(() => {
    const curves = seriesOf(shown, arms.value, of, { x, smooth, group });
    // Where overfitting sets in is read off validation loss.
    return of === 'val_loss' ? curves : curves.map(({ onset: _, ...curve }) => curve);
  }, [shown, arms.value, of, x, smooth, group]);
  return (
    <LineChart
      title={title}
      series={series}
      xLabel={x === 'epoch' ? 'epoch' : 'minutes'}
      format={isLoss ? lossFigure : percent}
      log={log && isLoss}
      from={from}
      to={to}
      onZoom={(first, last) => show({ from: first, to: last })}
      hover={hover}
    />
  );
};

const lossFigure = (value: number, digits = value < 0.1 ? 3 : 2): string => figure(value, digits);

const ArmFigures = ({ shown }: { readonly shown: readonly Summary[] }) => (
  <section aria-labelledby="figures-title" class="scroll" tabIndex={-1}>
    <h2 id="figures-title">Figures</h2>
    <table class="plain nowrap">
      <thead>
        <tr>
          <th scope="col">Arm</th>
          <th scope="col">Runs</th>
          <th scope="col">Best validation accuracy</th>
          <th scope="col">Lowest validation loss</th>
          <th scope="col">Overfitting from</th>
          <th scope="col">Test accuracy</th>
        </tr>
      </thead>
      <tbody>
        {groupsOf(shown).map(([arm, group]) => (
          <tr key={arm.key}>
            <th scope="row">
              <ArmLabel arm={arm} />
            </th>
            <td>{group.length}</td>
            <td>
              {meanAndRange(
                group.map(({ best }) => best?.accuracy),
                percent,
              )}
            </td>
            <td>
              {meanAndRange(
                group.map(({ lowestLoss }) => lowestLoss?.loss),
                figure,
              )}
            </td>
            <td>
              {meanAndRange(
                group.map(({ onset }) => onset),
                (epoch) => (epoch === undefined ? '–' : `epoch ${Math.round(epoch)}`),
              )}
            </td>
            <td>
              {meanAndRange(
                group.map(({ test }) => test?.accuracy),
                percent,
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

/** `74.5% (74.1% to 75.0%)`. */
const meanAndRange = (
  values: readonly (number | undefined)[],
  format: (value: number | undefined) => string,
): string => {
  const known = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  if (known.length === 0) return '–';
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  if (known.length === 1) return format(mean);
  return `${format(mean)} (${format(Math.min(...known))} to ${format(Math.max(...known))})`;
};

const Differences = ({ shown }: { readonly shown: readonly Summary[] }) => {
  const groups = groupsOf(shown);
  const configs = groups.map(([, [first]]) => {
    const { seed: _, ...config } = first!.run.manifest.config;
    return config;
  });
  const differences = settingDifferences(configs);
  const seeds = groups.map(([, group]) => group.map(({ run }) => run.manifest.config.seed));
  const differInSeeds = new Set(seeds.flat()).size > 1;
  return (
    <section aria-labelledby="differences-title" class="scroll" tabIndex={-1}>
      <h2 id="differences-title">Settings that differ</h2>
      {differences.length === 0 && !differInSeeds ? (
        <p class="muted">None.</p>
      ) : (
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Setting</th>
              {groups.map(([arm]) => (
                <th key={arm.key} scope="col">
                  <ArmLabel arm={arm} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {differences.map(({ path, values }) => (
              <tr key={path}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                {values.map((value, i) => (
                  <td key={groups[i]![0].key}>{value === undefined ? '–' : settingInWords(path, value)}</td>
                ))}
              </tr>
            ))}
            {differInSeeds && (
              <tr>
                <th scope="row">
                  <code>seed</code>
                </th>
                {seeds.map((list, i) => (
                  <td key={groups[i]![0].key}>{wholeNumbers(list)}</td>
                ))}
              </tr>
            )}
          </tbody>
        </table>
      )}
    </section>
  );
};
