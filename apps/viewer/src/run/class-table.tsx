import type { EvaluationReport } from '@dropout-lab/contracts';
import { percent } from '../shared/format.ts';
import './class-table.css';

/** A table of more classes scrolls beside the matrix. */
const MOST_IN_SIGHT = 24;

/** Accuracy and precision of each class. */
export const ClassTable = ({ report }: { readonly report: EvaluationReport }) => (
  <div
    class={report.classes.length > MOST_IN_SIGHT ? 'class-table long' : 'class-table'}
    tabIndex={report.classes.length > MOST_IN_SIGHT ? 0 : undefined}
  >
    <table class="plain bars">
      <caption class="hidden">Precision and recall of each class</caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col">Accuracy (recall)</th>
          <th scope="col">Precision</th>
        </tr>
      </thead>
      <tbody>
        {report.classes.map(({ className, recall, precision }) => (
          <tr key={className}>
            <th scope="row">{className}</th>
            <td>
              <meter min="0" max="1" value={recall} aria-label={`accuracy of ${className}`} />{' '}
              {percent(recall)}
            </td>
            <td>{percent(precision)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
