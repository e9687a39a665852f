import { useMemo } from 'preact/hooks';
import type { View } from '../shared/address.ts';
import { TypedInput } from '../shared/controls/typed-input.tsx';
import { counted } from '../shared/format.ts';
import { arms, linkTo, overviews, show, view } from '../shared/state.ts';
import { CorruptRuns } from './corrupt-runs.tsx';
import { RunsTable } from './runs-table.tsx';
import { SampleNote } from './sample-note.tsx';
import { Studies } from './studies.tsx';
import { namesMatching, sortedRows } from './table-rows.ts';
import { ticked } from './ticked.ts';
import './runs-page.css';

/** All runs with their status, metrics and settings, to choose from. */
export const RunsPage = () => {
  const { filter, sort, descending } = view.value;
  const rows = useMemo(
    () => sortedRows(overviews.value, arms.value, { sort, descending }),
    [overviews.value, arms.value, sort, descending],
  );
  const shown = useMemo(() => namesMatching(rows, arms.value, filter), [rows, arms.value, filter]);
  const picked = [...shown].filter((name) => ticked.value.has(name));
  return (
    <div>
      <div class="title-row">
        <h1>Runs</h1>
        <Totals />
        <TypedInput
          type="search"
          placeholder="Filter by name, arm or status"
          aria-label="Filter by name, arm or status"
          text={filter}
          onText={(text) => show({ filter: text })}
        />
        <SortSelect />
        <a
          class={picked.length > 0 ? 'button primary' : 'button primary off'}
          href={linkTo('compare', { runs: picked.length > 0 ? picked : [...shown] })}
        >
          {picked.length > 0 ? `Compare ${counted(picked.length, 'run')}` : 'Compare all'}
        </a>
      </div>
      <SampleNote />
      <Studies />
      <RunsTable rows={rows} shown={shown} />
      {shown.size === 0 && (
        <p class="empty-rows">
          No run has “{filter}” in its name, arm or status.{' '}
          <button type="button" class="link" onClick={() => show({ filter: '' })}>
            Show all
          </button>
        </p>
      )}
      <CorruptRuns />
    </div>
  );
};

/** Replaces the table's head where rows are cards. */
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
  const running = overviews.value.filter(({ status }) => status === 'running').length;
  return (
    <p class="totals muted">
      {counted(overviews.value.length, 'run')}
      {running > 0 && `, ${running} in training`}
    </p>
  );
};
