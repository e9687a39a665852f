import { mean } from '@dropout-lab/metrics';
import type { MaskedNetworks } from '../../shared/compute/lesson.ts';
import { percent } from '../../shared/format.ts';
import './spread-rows.css';

interface SpreadRowsProps {
  readonly networks: MaskedNetworks;
  readonly classNames: readonly string[];
  /** The true class. */
  readonly label: number | null;
  /** Number of networks that have been played. */
  readonly shown: number;
  /** Whether the whole network's answer is shown. */
  readonly isOff: boolean;
}

/** The answers of the networks for each class: a line for each, their mean, and the whole network's answer. */
export const SpreadRows = ({ networks, classNames, label, shown, isOff }: SpreadRowsProps) => {
  const played = networks.probabilities.slice(0, shown);
  return (
    <table class="spread">
      <caption class="hidden">{`Probability of each class: ${shown} networks with masks, their mean, and the whole network`}</caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <td />
          <th scope="col">{shown === 1 ? 'One' : `Mean of ${shown}`}</th>
          <th scope="col">Whole</th>
        </tr>
      </thead>
      <tbody>
        {classNames.map((name, k) => {
          const average = mean(played.map((probabilities) => probabilities[k]!));
          return (
            <tr key={name}>
              <th scope="row">
                {name}
                {k === label && <span class="truth">true</span>}
              </th>
              <td>
                <div class="spread-bar" aria-hidden="true">
                  {isOff && <span class="whole" style={{ width: `${100 * networks.plain[k]!}%` }} />}
                  {played.map((probabilities, i) => (
                    <i
                      key={i}
                      class={i === shown - 1 ? 'last' : undefined}
                      style={{ left: `${100 * probabilities[k]!}%` }}
                    />
                  ))}
                  <b style={{ left: `${100 * average}%` }} />
                </div>
              </td>
              <td>{percent(average)}</td>
              <td>{isOff ? percent(networks.plain[k]) : '–'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
};
