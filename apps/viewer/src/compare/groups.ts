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
