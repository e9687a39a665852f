import type { Arm } from '../shared/runs/arms.ts';
import type { Summary } from '../shared/runs/summary.ts';
import { arms } from '../shared/state.ts';

/** Returns the arms of summaries, each once, with their runs. */
export const groupsOf = (list: readonly Summary[]): [Arm, Summary[]][] => {
  const groups = new Map<Arm, Summary[]>();
  for (const summary of list) {
    const arm = arms.value.get(summary.name)!;
    groups.set(arm, [...(groups.get(arm) ?? []), summary]);
  }
  return [...groups].sort(([a], [b]) => (a.label < b.label ? -1 : 1));
};
