import type { EvaluationReport } from '@dropout-lab/contracts';
import { count } from '../shared/format.ts';
import { show, view } from '../shared/state.ts';
import './confusion.css';

/** The weakest shade of a cell, in percent, so that a rare mistake is still visible. */
const FAINT = 8;

/** The confusion matrix of an evaluation; a cell's button chooses its images. */
export const Confusion = ({ report: { confusion, classes } }: { readonly report: EvaluationReport }) => {
  const names = classes.map(({ className }) => className);
  return (
    <div class="scroll">
      <table class="confusion">
        <caption class="muted">
          Rows are true classes, columns predicted classes; click a cell to see its images below.
        </caption>
        <thead>
          <tr>
            <td />
            {names.map((name) => (
              <th key={name} scope="col">
                <span>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, t) => {
            const total = row.reduce((sum, value) => sum + value, 0);
            return (
              <tr key={names[t]}>
                <th scope="row">{names[t]}</th>
                {row.map((value, p) => {
                  const share = total === 0 ? 0 : value / total;
                  const heat = value === 0 ? 0 : FAINT + share * (100 - FAINT);
                  return (
                    <td
                      key={names[p]}
                      style={{ background: `color-mix(in srgb, var(--heat-1) ${heat}%, var(--heat-0))` }}
                    >
                      <button
                        type="button"
                        class={share > 0.5 ? 'deep' : undefined}
                        aria-pressed={view.value.cell === `${t}-${p}`}
                        aria-label={`${count(value)} of ${names[t]} predicted as ${names[p]}`}
                        onClick={() => show({ cell: `${t}-${p}` })}
                      >
                        {value}
                      </button>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
};
