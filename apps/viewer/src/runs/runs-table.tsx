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

interface RunsTableProps {
  readonly rows: readonly RunOverview[];
  /** The names of those that the filter shows. */
  readonly shown: ReadonlySet<string>;
}

/**
 * The table of runs, which can be sorted by each column. Rows that the filter leaves out are hidden: making three hundred of
 * them anew takes a second.
 */
export const RunsTable = ({ rows, shown }: RunsTableProps) => {
  const all = [...shown].every((name) => ticked.value.has(name));
  return (
    <table class="runs-table" hidden={shown.size === 0}>
      <thead>
        <tr>
          <th scope="col" class="tick">
            <label class="target">
              <input
                type="checkbox"
                aria-label="Pick all runs"
                checked={all}
                onChange={() => {
                  ticked.value = all ? new Set() : new Set(shown);
                }}
              />
            </label>
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
          <RunRow key={overview.name} overview={overview} isShown={shown.has(overview.name)} />
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
