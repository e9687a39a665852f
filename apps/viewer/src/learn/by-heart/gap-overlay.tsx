import type { CurveDrawing } from '@dropout-lab/charts';
import type { Point } from '../../shared/charts/series.ts';

interface GapOverlayProps {
  readonly drawing: CurveDrawing;
  /** Of the chart, in pixels. */
  readonly width: number;
  readonly epoch: number;
  readonly training: readonly Point[];
  readonly validation: readonly Point[];
}

/** The least distance between two labels, in pixels. */
const APART = 17;
/** Labels at the right end stand left of the line, from this many pixels on. */
const ROOM = 90;

/** The gap up to the epoch, a cover over what comes later, and the names of the curves where they end. */
export const GapOverlay = ({ drawing, width, epoch, training, validation }: GapOverlayProps) => {
  const { area, x, y } = drawing;
  const upTo = (points: readonly Point[]) => points.filter((point) => point.x <= epoch);
  const [upper, lower] = [upTo(training), upTo(validation)];
  const outline = [...upper, ...[...lower].reverse()];
  const at = x(epoch);
  const [high, low] = [y(upper.at(-1)!.y), y(lower.at(-1)!.y)];
  const isLeft = at > area.right - ROOM;
  const middle = (high + low) / 2;
  const half = Math.max(APART / 2, Math.abs(high - low) / 2);
  const sign = high <= low ? 1 : -1;
  const place = { x: at + (isLeft ? -10 : 10), 'text-anchor': isLeft ? 'end' : 'start' } as const;
  return (
    <svg class="gap-overlay" width={width} height={area.bottom} aria-hidden="true">
      <polygon points={outline.map((point) => `${x(point.x)},${y(point.y)}`).join(' ')} />
      <rect x={at} y={area.top - 8} width={Math.max(0, width - at)} height={area.bottom - area.top + 8} />
      <line x1={at} x2={at} y1={area.top - 8} y2={area.bottom} class="now" />
      <line x1={at} x2={at} y1={high} y2={low} class="gap" />
      <circle cx={at} cy={high} r="5" class="open" />
      <circle cx={at} cy={low} r="5" />
      <text {...place} y={middle - sign * half} dy={isLeft && sign === 1 ? '-0.6em' : '0.32em'}>
        training
      </text>
      <text {...place} y={middle + sign * half} dy={isLeft && sign === 1 ? '1.2em' : '0.32em'}>
        new pictures
      </text>
    </svg>
  );
};
