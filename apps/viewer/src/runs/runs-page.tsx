import { signal } from '@preact/signals';
import type { View } from '../shared/address.ts';
import { ArmLabel, Sparkline, StatusBadge } from '../shared/charts/marks.tsx';
import { count, counted, dateAndTime, duration, figure, percent } from '../shared/format.ts';
import { isSample, source } from '../shared/source.ts';
import { arms, corruptRuns, linkTo, show, summaries, view } from '../shared/state.ts';
import type { Summary } from '../shared/summary.ts';
import { tableRows } from './runs-table.ts';

/** Runs that are ticked, to compare. */
const ticked = signal<ReadonlySet<string>>(new Set());

interface Column {
  readonly sort: View['sort'];
  readonly title: string;
  readonly numeric?: true;
  /** The most comes first at the first click: what is best is on top. */
  readonly mostFirst?: boolean;
}

const columns: readonly Column[] = [
  { sort: 'status', title: 'Status' },
  { sort: 'name', title: 'Run' },
  { sort: 'arm', title: 'Arm' },
  { sort: 'best', title: 'Best accuracy', numeric: true, mostFirst: true },
  { sort: 'accuracy', title: 'Last accuracy', numeric: true, mostFirst: true },
  { sort: 'lowest', title: 'Lowest loss', numeric: true },
  { sort: 'loss', title: 'Last loss', numeric: true },
];

/** All runs: how they stand, what sets them apart, and which to compare. */
export const RunsPage = () => {
  const rows = tableRows(summaries.value, arms.value, view.value);
  const picked = rows.filter(({ name }) => ticked.value.has(name)).map(({ name }) => name);
  return (
    <div class="runs">
      <div class="title-row">
        <h1>Runs</h1>
        <Totals />
        <input
          type="search"
          placeholder="Filter by name, arm or status"
          aria-label="Filter by name, arm or status"
          value={view.value.filter}
          onInput={({ currentTarget }) => show({ filter: currentTarget.value })}
        />
        <SortSelect />
        <a
          class={picked.length > 0 ? 'button primary' : 'button primary off'}
          href={linkTo('compare', { runs: picked.length > 0 ? picked : rows.map(({ name }) => name) })}
        >
          {picked.length > 0 ? `Compare ${counted(picked.length, 'run')}` : 'Compare all'}
        </a>
      </div>
      <SampleNote />
      {rows.length > 0 ? (
        <RunsTable rows={rows} />
      ) : (
        <p class="empty-rows">
          No run has “{view.value.filter}” in its name, arm or status.{' '}
          <button type="button" class="link" onClick={() => show({ filter: '' })}>
            Show all
          </button>
        </p>
      )}
      <CorruptRuns />
    </div>
  );
};

/** Stands in for the table's head where rows are cards. */
const SortSelect = () => (
  <select
    class="sort"
    aria-label="Sort by"
    value={`${view.value.sort} ${view.value.descending}`}
    onChange={({ currentTarget }) => {
      const [sort, descending] = currentTarget.value.split(' ') as [View['sort'], string];
      show({ sort, descending: descending === 'true' });
    }}
  >
    <option value="created true">Newest first</option>
    <option value="best true">Best accuracy</option>
    <option value="loss false">Lowest loss</option>
    <option value="arm false">Arm</option>
    <option value="status false">Status</option>
  </select>
);

const Totals = () => {
  const running = summaries.value.filter(({ status }) => status === 'running').length;
  return (
    <p class="totals muted" role="status">
      {counted(summaries.value.length, 'run')}
      {running > 0 && `, ${running} in training`}
    </p>
  );
};

const RunsTable = ({ rows }: { readonly rows: readonly Summary[] }) => {
  const all = rows.every(({ name }) => ticked.value.has(name));
  return (
    <table class="runs-table">
      <thead>
        <tr>
          <th scope="col" class="tick">
            <input
              type="checkbox"
              aria-label="Pick all runs"
              checked={all}
              onChange={() => {
                ticked.value = all ? new Set() : new Set(rows.map(({ name }) => name));
              }}
            />
          </th>
          {columns.map((column) => (
            <SortableHeader key={column.sort} {...column} />
          ))}
          <th scope="col">Validation accuracy</th>
          <SortableHeader sort="duration" title="Time" numeric mostFirst />
        </tr>
      </thead>
      <tbody>
        {rows.map((summary) => (
          <RunRow key={summary.name} summary={summary} />
        ))}
      </tbody>
    </table>
  );
};

const SortableHeader = ({ sort, title, numeric, mostFirst = false }: Column) => {
  const { sort: by, descending } = view.value;
  const order = by !== sort ? 'none' : descending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={order} class={numeric ? 'numeric' : undefined}>
      <button type="button" onClick={() => show({ sort, descending: by === sort ? !descending : mostFirst })}>
        {title}
        <span class="arrow" aria-hidden="true">
          {order === 'none' ? '' : descending ? '↓' : '↑'}
        </span>
      </button>
    </th>
  );
};

const RunRow = ({ summary }: { readonly summary: Summary }) => {
  const { name, run, best, lowestLoss, last, history, seconds } = summary;
  const arm = arms.value.get(name);
  const tick = () => {
    const next = new Set(ticked.value);
    if (!next.delete(name)) next.add(name);
    ticked.value = next;
  };
  return (
    <tr class={ticked.value.has(name) ? 'ticked' : undefined}>
      <td class="tick">
        <input type="checkbox" aria-label={`Pick ${name}`} checked={ticked.value.has(name)} onChange={tick} />
      </td>
      <td class="status-cell">
        <StatusBadge summary={summary} />
      </td>
      <th scope="row" class="name">
        <a href={linkTo('run', { runs: [name] })}>{name}</a>
        <span class="muted">
          {dateAndTime(run.manifest.createdAt)} · seed {run.manifest.config.seed}
        </span>
      </th>
      <td class="arm-cell">
        <ArmLabel arm={arm} />
      </td>
      <td class="numeric" data-label="Best">
        {percent(best?.accuracy)}
        {best && <span class="muted"> at {best.epoch}</span>}
      </td>
      <td class="numeric" data-label="Last">
        {percent(last?.val_accuracy)}
      </td>
      <td class="numeric" data-label="Lowest loss">
        {figure(lowestLoss?.loss)}
        {lowestLoss && <span class="muted"> at {lowestLoss.epoch}</span>}
      </td>
      <td class="numeric" data-label="Loss">
        {figure(last?.val_loss)}
      </td>
      <td class="curve">
        <Sparkline
          values={history.map(({ val_accuracy }) => val_accuracy ?? Number.NaN)}
          hue={arm?.color ?? 0}
          label={`validation accuracy over ${counted(history.length, 'epoch')}`}
        />
      </td>
      <td class="numeric" data-label="Time">
        {duration(seconds)}
        {summary.progress?.imagesPerSecond !== undefined && (
          <span class="muted"> {count(summary.progress.imagesPerSecond)}/s</span>
        )}
      </td>
    </tr>
  );
};

const CorruptRuns = () =>
  corruptRuns.value.length === 0 ? null : (
    <section class="corrupt" aria-labelledby="corrupt-title">
      <h2 id="corrupt-title">{counted(corruptRuns.value.length, 'corrupt run')}</h2>
      <dl>
        {corruptRuns.value.map(({ name, fault }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{fault}</dd>
          </div>
        ))}
      </dl>
    </section>
  );

/** Says whose runs are shown while the user has none. */
const SampleNote = () => {
  if (!isSample.value) return null;
  const place = source.value.state === 'ready' ? source.value.catalogue.place : '';
  return (
    <section class="note">
      <p>
        There is no run in <code>{place}</code> yet: these ship with the viewer. Train one, and it takes their
        place with its first step: <code>npm run train:quick</code>, or{' '}
        <a href={linkTo('train')}>in this page</a>.
      </p>
    </section>
  );
};
