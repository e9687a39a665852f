import { armColour, armPattern } from '@dropout-lab/charts/palette';
import type { Arm } from '../runs/arms.ts';
import type { RunOverview } from '../runs/catalogue.ts';
import './marks.css';

/** Returns the style that gives an arm's hue to an element and all within. */
export const hueOf = (arm: number): { readonly '--hue': string } => ({ '--hue': armColour(arm) });

/** A spot of an arm's hue, broken as its line is. */
export const Swatch = ({ arm }: { readonly arm: number }) => (
  <span class={`swatch dashes-${armPattern(arm)}`} style={hueOf(arm)} aria-hidden="true" />
);

/** An arm's name beside its hue. */
export const ArmLabel = ({ arm }: { readonly arm: Arm | undefined }) => (
  <span class="arm">
    <Swatch arm={arm?.color ?? 0} />
    <span>{arm?.label ?? 'unknown'}</span>
  </span>
);

/** A run's status and progress. */
export const StatusBadge = ({
  summary: { status, progress },
}: {
  readonly summary: Pick<RunOverview, 'status' | 'progress'>;
}) => (
  <span class={`status ${status.replace(' ', '-')}`}>
    <span class="word">
      <span class="dot" aria-hidden="true" />
      {status}
      {progress && <span class="muted"> {`${progress.epoch} of ${progress.epochs}`}</span>}
    </span>
    {progress && (
      <progress max="1" value={progress.share} aria-label={`epoch ${progress.epoch} of ${progress.epochs}`} />
    )}
  </span>
);

const WIDTH = 120;
const HEIGHT = 28;

/** A curve the size of a word. */
export const Sparkline = ({
  values,
  arm,
  label,
}: {
  readonly values: readonly number[];
  readonly arm: number;
  readonly label: string;
}) => {
  const finite = values.filter(Number.isFinite);
  const lowest = Math.min(...finite);
  const span = Math.max(...finite) - lowest || 1;
  const point = (value: number, i: number): string => {
    const x = 2 + (i / Math.max(1, values.length - 1)) * (WIDTH - 4);
    return `${x.toFixed(1)},${(HEIGHT - 3 - ((value - lowest) / span) * (HEIGHT - 6)).toFixed(1)}`;
  };
  const points = values.flatMap((value, i) => (Number.isFinite(value) ? point(value, i) : []));
  return (
    <svg
      class="sparkline"
      style={hueOf(arm)}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      {points.length > 1 && <polyline points={points.join(' ')} />}
      {points.length > 0 && (
        <circle cx={points.at(-1)!.split(',')[0]} cy={points.at(-1)!.split(',')[1]} r="2" />
      )}
    </svg>
  );
};
