import type { Classification, MaskedPasses } from '../shared/compute/playground.ts';
import { percent } from '../shared/format.ts';
import { spreadOf } from './mask-statistics.ts';
import { PASSES } from './use-passes.ts';
import './predictions.css';

interface PredictionsProps {
  readonly classNames: readonly string[];
  /** The true class, where it is known. */
  readonly label: number | null;
  readonly plain: Classification | undefined;
  readonly masked: MaskedPasses | undefined;
}

/** The probability of each class: the plain prediction as a bar, each masked pass as a mark on it. */
export const Predictions = ({ classNames, label, plain, masked }: PredictionsProps) => {
  const passes = masked?.probabilities.length ?? PASSES;
  const spread = masked && spreadOf(masked.probabilities);
  const highest = plain?.probabilities.indexOf(Math.max(...plain.probabilities));
  return (
    <table class="predictions">
      <caption class="hidden">Probability of each class, plain and over {passes} passes with masks</caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col">
            <span class="key-bar" /> plain <span class="key-dot" /> {passes} passes with masks
          </th>
          <th scope="col">Plain</th>
          <th scope="col">With masks</th>
        </tr>
      </thead>
      <tbody>
        {classNames.map((className, k) => (
          <tr key={className} class={k === highest ? 'highest' : undefined}>
            <th scope="row">
              {className}
              {k === label && ' '}
              {k === label && <span class="truth">true</span>}
            </th>
            <td>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class="ground" width="100" height="10" />
                {plain && <rect class="bar" y="1.5" height="7" width={100 * plain.probabilities[k]!} />}
                {masked?.probabilities.map((pass, i) => (
                  <line key={i} class="pass" x1={100 * pass[k]!} x2={100 * pass[k]!} y1="3" y2="7" />
                ))}
              </svg>
            </td>
            <td>{percent(plain?.probabilities[k])}</td>
            <td>
              {spread ? `${percent(spread[k]!.mean)} ± ${(100 * spread[k]!.deviation).toFixed(1)}` : '–'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
