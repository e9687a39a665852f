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

/** Returns the rows of the table of runs in order, whether or not the filter shows them. */
export const sortedRows = (
  overviews: readonly RunOverview[],
  arms: ReadonlyMap<string, Arm>,
  { sort, descending }: Pick<View, 'sort' | 'descending'>,
): RunOverview[] =>
  overviews
    .map((overview) => ({ overview, key: sortKeys[sort](overview, arms.get(overview.name)) }))
    .sort(({ overview: first, key: a }, { overview: second, key: b }) => {
      if (a === b) return first.name < second.name ? -1 : 1;
      if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
      return a < b === descending ? 1 : -1;
    })
    .map(({ overview }) => overview);

/** Returns the names of the runs whose name, arm or status have every word of the filter, in their order. */
export const namesMatching = (
  overviews: readonly RunOverview[],
  arms: ReadonlyMap<string, Arm>,
  filter: string,
): ReadonlySet<string> => {
  const words = filter.toLowerCase().split(/\s+/);
  const textOf = ({ name, status }: RunOverview): string =>
    `${name} ${status} ${arms.get(name)?.label} ${arms.get(name)?.settings.join(' ')}`.toLowerCase();
  const matches = (text: string): boolean => words.every((word) => text.includes(word));
  return new Set(overviews.filter((overview) => matches(textOf(overview))).map(({ name }) => name));
};
