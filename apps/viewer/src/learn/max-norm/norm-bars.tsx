import { decimal } from '../../shared/format.ts';
import { countAtLimit, MOST, UNITS } from './norms.ts';
import './norm-bars.css';

interface NormBarsProps {
  readonly title: string;
  /** By unit; undefined before the first training. */
  readonly norms: Float64Array | undefined;
  readonly limit: number;
  /** Whether the limit is one for these norms, or is drawn for comparison. */
  readonly isLimited: boolean;
}

const WIDTH = 320;
const HEIGHT = 180;

/** A bar for each unit: its norm, and in another colour where it is at the limit or above. */
export const NormBars = ({ title, norms, limit, isLimited }: NormBarsProps) => {
  const y = (norm: number): number => HEIGHT * (1 - Math.min(norm, MOST) / MOST);
  const step = WIDTH / UNITS;
  return (
    <figure class="norm-bars">
      <figcaption>
        <h3>{title}</h3>
        <span class="muted">{norms ? `largest ${decimal(Math.max(...norms), 2)}` : ' '}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={labelOf(title, norms, limit, isLimited)}>
        {[...(norms ?? new Float64Array(UNITS))].map((norm, i) => (
          <rect
            key={i}
            class={norm > limit * 0.999 ? 'high' : undefined}
            x={i * step + step * 0.15}
            width={step * 0.7}
            y={y(norm)}
            height={HEIGHT - y(norm)}
          />
        ))}
        <line class={isLimited ? 'limit' : 'limit off'} x1="0" x2={WIDTH} y1={y(limit)} y2={y(limit)} />
        <line class="base" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      </svg>
      <p class="muted small">
        {norms
          ? `${countAtLimit(norms, limit)} of ${UNITS} units ${isLimited ? 'at the limit' : `above ${limit.toFixed(2)}`}`
          : 'Not trained yet'}
      </p>
    </figure>
  );
};

const labelOf = (
  title: string,
  norms: Float64Array | undefined,
  limit: number,
  isLimited: boolean,
): string =>
  norms
    ? `${title}: norms from ${decimal(Math.min(...norms), 2)} to ${decimal(Math.max(...norms), 2)}, ${countAtLimit(norms, limit)} of ${UNITS} ${isLimited ? 'at the limit' : 'above the limit of the other'}`
    : `${title}: not trained yet`;
