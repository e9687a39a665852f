import type { MaskedLayer } from '../../shared/compute/lesson.ts';
import { count, decimal } from '../../shared/format.ts';
import { sumsOf } from './units.ts';
import './sum-bars.css';

interface SumBarsProps {
  readonly layer: MaskedLayer;
  readonly rate: number;
}

/** The reason for the factor of what is kept: the layer's sum stays what it is without dropout. */
export const SumBars = ({ layer, rate }: SumBarsProps) => {
  const { all, kept, scaled } = sumsOf(layer);
  const most = Math.max(all, scaled, 1e-9);
  const factor = decimal(1 / (1 - rate), 2);
  const bars: readonly (readonly [string, number])[] = [
    ['without dropout', all],
    ['what is kept', kept],
    [`what is kept × ${factor}`, scaled],
  ];
  return (
    <section class="sums" aria-label="Why what is kept is multiplied">
      <h3>{`Why × ${factor}?`}</h3>
      <dl>
        {bars.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span class="sum-bar">
                <span style={{ width: `${(100 * value) / most}%` }} />
              </span>
              <b>{count(value)}</b>
            </dd>
          </div>
        ))}
      </dl>
      <p class="muted small">
        {`The sum of the layer’s ${count(layer.units.length)} units. Multiplied by 1 / (1 − rate), it is on average what it is without dropout, and the next layer need not know whether dropout is on.`}
      </p>
    </section>
  );
};
