import type { View } from '../shared/address.ts';
import type { Arm } from '../shared/runs/arms.ts';
import type { Summary } from '../shared/runs/summary.ts';

/** The value that each column sorts by; undefined comes last in either order. */
const sortKeys: Readonly<
  Record<View['sort'], (summary: Summary, arm: Arm | undefined) => string | number | undefined>
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
  summaries: readonly Summary[],
  arms: ReadonlyMap<string, Arm>,
  { filter, sort, descending }: Pick<View, 'filter' | 'sort' | 'descending'>,
): Summary[] => {
  const words = filter.toLowerCase().split(/\s+/);
  const textOf = ({ name, status }: Summary): string =>
    `${name} ${status} ${arms.get(name)?.settings.join(' ')}`.toLowerCase();
  const rows = summaries.filter((summary) => words.every((word) => textOf(summary).includes(word)));
  const keyOf = (summary: Summary) => sortKeys[sort](summary, arms.get(summary.name));
  return rows.sort((first, second) => {
    const [a, b] = [keyOf(first), keyOf(second)];
    if (a === b) return first.name < second.name ? -1 : 1;
    if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
    return a < b === descending ? 1 : -1;
  });
};
