import type { View } from '../shared/address.ts';
import type { Arm } from '../shared/runs/arms.ts';
import type { RunOverview } from '../shared/runs/catalogue.ts';
import { arms } from '../shared/state.ts';

/** Returns the arms of runs, each once, with their runs. */
export const groupsOf = <T extends RunOverview>(list: readonly T[]): [Arm, T[]][] => {
  const groups = new Map<Arm, T[]>();
  for (const run of list) {
    const arm = arms.value.get(run.name)!;
    groups.set(arm, [...(groups.get(arm) ?? []), run]);
  }
  return [...groups].sort(([a], [b]) => (a.label < b.label ? -1 : 1));
};

/** More runs than this are a tangle: they are drawn as the means of their arms, unless single runs are asked for. */
const MOST_SINGLE = 12;

/** Returns whether the means of arms are drawn in place of runs. */
export const isGrouped = ({ group }: Pick<View, 'group'>, shown: readonly RunOverview[]): boolean =>
  group ?? shown.length > MOST_SINGLE;
