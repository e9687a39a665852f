import type { View } from '../shared/address.ts';
import type { Arm } from '../shared/runs/arms.ts';
import type { RunOverview } from '../shared/runs/catalogue.ts';

/** The value that each column sorts by; undefined comes last in either order. */
const sortKeys: Readonly<
  Record<View['sort'], (overview: RunOverview, arm: Arm | undefined) => string | number | undefined>
> = {
  created: ({ run }) => run.manifest.createdAt,
  status: ({ status }) => status,
  name: ({ name }) => name,
  arm: (_, arm) => arm?.label,
  best: ({ best }) => best?.accuracy,
  accuracy: ({ last }) => finite(last?.val_accuracy),
  lowest: ({ lowestLoss }) => lowestLoss?.loss,
  loss: ({ last }) => finite(last?.val_loss),
  duration: ({ seconds }) => seconds,
};

const finite = (value: number | undefined): number | undefined =>
  Number.isFinite(value) ? value : undefined;

/** Returns the rows of the table of runs, in order: those whose name, arm or status have every word of the filter. */
export const tableRows = (
  overviews: readonly RunOverview[],
  arms: ReadonlyMap<string, Arm>,
  { filter, sort, descending }: Pick<View, 'filter' | 'sort' | 'descending'>,
): RunOverview[] => {
  const words = filter.toLowerCase().split(/\s+/);
  const textOf = ({ name, status }: RunOverview): string =>
    `${name} ${status} ${arms.get(name)?.settings.join(' ')}`.toLowerCase();
  const rows = overviews.filter((overview) => words.every((word) => textOf(overview).includes(word)));
  const keyOf = (overview: RunOverview) => sortKeys[sort](overview, arms.get(overview.name));
  return rows.sort((first, second) => {
    const [a, b] = [keyOf(first), keyOf(second)];
    if (a === b) return first.name < second.name ? -1 : 1;
    if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
    return a < b === descending ? 1 : -1;
  });
};
