import { mean, OVERFITTING_RULE } from '@dropout-lab/metrics';
import { overfittingInWords } from '@dropout-lab/study';
import { ArmLabel } from '../shared/charts/marks.tsx';
import { marksOf } from '../shared/charts/series.ts';
import { decimal, percent } from '../shared/format.ts';
import { gapAtEnd, type Summary } from '../shared/runs/summary.ts';
import { groupsOf } from './groups.ts';

/** The metrics of each arm: mean and range over its runs. */
export const ArmMetrics = ({ shown }: { readonly shown: readonly Summary[] }) => (
  <section aria-labelledby="metrics-title" class="scroll" tabIndex={-1}>
    <h2 id="metrics-title">Metrics</h2>
    <table class="plain nowrap">
      <thead>
        <tr>
          <th scope="col">Arm</th>
          <th scope="col">Runs</th>
          <th scope="col">Best validation accuracy</th>
          <th scope="col">Lowest validation loss</th>
          <th scope="col" title={OVERFITTING_RULE}>
            Overfitting
          </th>
          <th scope="col">Test accuracy</th>
        </tr>
      </thead>
      <tbody>
        {groupsOf(shown).map(([arm, group]) => (
          <tr key={arm.key}>
            <th scope="row">
              <ArmLabel arm={arm} />
            </th>
            <td>{group.length}</td>
            <td>
              {meanAndRange(
                group.map(({ best }) => best?.accuracy),
                percent,
              )}
            </td>
            <td>
              {meanAndRange(
                group.map(({ lowestLoss }) => lowestLoss?.loss),
                decimal,
              )}
            </td>
            <td>{onsetOf(group)}</td>
            <td>
              {meanAndRange(
                group.map(({ test }) => test?.accuracy),
                percent,
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

/** Returns `74.5% (74.1% to 75.0%)`. */
const meanAndRange = (
  values: readonly (number | undefined)[],
  format: (value: number | undefined) => string,
): string => {
  const known = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  if (known.length === 0) return '–';
  if (known.length === 1) return format(known[0]);
  return `${format(mean(known))} (${format(Math.min(...known))} to ${format(Math.max(...known))})`;
};

/** `from epoch 12 (10 to 15)`: the median of its runs. */
const onsetOf = (group: readonly Summary[]): string => {
  const { onset } = marksOf(group);
  const gaps = group.flatMap((summary) => gapAtEnd(summary) ?? []);
  const words = overfittingInWords({ onset, gap: mean(gaps.filter(Number.isFinite)) });
  const all = group.flatMap((summary) => summary.onset ?? []);
  return onset === undefined || all.length === 1
    ? words
    : `${words} (${Math.min(...all)} to ${Math.max(...all)})`;
};
