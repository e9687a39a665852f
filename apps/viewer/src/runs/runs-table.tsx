import type { View } from '../shared/address.ts';
import type { RunOverview } from '../shared/runs/catalogue.ts';
import { show, view } from '../shared/state.ts';
import { RunRow } from './run-row.tsx';
import { ticked } from './ticked.ts';
import './runs-table.css';

interface Column {
  readonly sort: View['sort'];
  readonly title: string;
  readonly numeric?: true;
  /** Whether the first click sorts from high to low, so that the best is on top. */
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

/** The table of runs, which can be sorted by each column. */
export const RunsTable = ({ rows }: { readonly rows: readonly RunOverview[] }) => {
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
        {rows.map((overview) => (
          <RunRow key={overview.name} overview={overview} />
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
