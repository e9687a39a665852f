import { ReportLink } from '../shared/controls/report-link.tsx';
import type { Summary } from '../shared/runs/summary.ts';
import { studies } from '../shared/state.ts';

/** The report of the study that all of these runs are of; nothing where they are of none, or of several that differ. */
export const Reports = ({ shown }: { readonly shown: readonly Summary[] }) => {
  const names = shown.map(({ name }) => name);
  const own = studies.value.find(({ arms }) => {
    const runs = new Set(arms.flatMap((arm) => arm.runs));
    return names.every((name) => runs.has(name));
  });
  return own ? <ReportLink study={own} /> : null;
};
