import { percent } from '../../shared/format.ts';
import './dot-grid.css';

interface DotGridProps {
  /** 0..1 */
  readonly share: number;
  readonly title: string;
  readonly about: string;
  /** Rings in place of dots: training, which curves show with dashes. */
  readonly isOpen?: boolean;
}

const SIDE = 10;

/** A share as a hundred dots. */
export const DotGrid = ({ share, title, about, isOpen = false }: DotGridProps) => {
  const full = Math.round(share * SIDE * SIDE);
  return (
    <figure class="dots">
      <svg viewBox="0 0 100 100" aria-hidden="true" class={isOpen ? 'open' : undefined}>
        {Array.from({ length: SIDE * SIDE }, (_, i) => (
          <circle
            key={i}
            class={i < full ? 'full' : undefined}
            cx={5 + 10 * (i % SIDE)}
            cy={95 - 10 * Math.floor(i / SIDE)}
            r="3.4"
          />
        ))}
      </svg>
      <figcaption>
        <span>{title}</span>
        <b>{percent(share, 0)}</b> <span class="muted">{about}</span>
      </figcaption>
    </figure>
  );
};
