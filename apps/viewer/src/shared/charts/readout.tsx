import type { CurveDrawing } from '@dropout-lab/charts';
import type { ReadonlySignal } from '@preact/signals';
import type { Readings } from './readings.ts';
import './readout.css';

interface ReadoutProps {
  readonly readings: Readings;
  readonly drawing: CurveDrawing;
  readonly hover: ReadonlySignal<number | null>;
  readonly format: (value: number) => string;
  /** Of the chart, in pixels. */
  readonly width: number;
  readonly xLabel: string;
}

/** Space between the names and the points that they name, in pixels. */
const GAP = 24;
/** The least width of a name and a number, in pixels. */
const LEAST_WIDTH = 140;

/** The values of the curves at the pointer. */
export const Readout = ({ readings, drawing, hover, format, width, xLabel }: ReadoutProps) => {
  const x = hover.value;
  if (x === null) return null;
  const { named, more } = readings.at(x);
  const { area } = drawing;
  const left = drawing.x(x);
  if (named.length === 0 || !(left >= area.left - 1 && left <= area.right + 1)) return null;
  const isStart = left > width / 2;
  const room = isStart ? left - area.left : width - left;
  return (
    <>
      <div
        class="crosshair"
        style={{
          top: `${area.top}px`,
          height: `${area.bottom - area.top}px`,
          transform: `translateX(${left}px)`,
        }}
      />
      {named.map(({ series: { key, arm }, point }) => (
        <span
          key={key}
          class={`hover-dot hue-${arm}`}
          style={{ transform: `translate(${drawing.x(point.x)}px, ${drawing.y(point.y)}px)` }}
        />
      ))}
      <div
        class={isStart ? 'readout start' : 'readout end'}
        style={{ maxWidth: `${Math.max(LEAST_WIDTH, room - GAP)}px` }}
        role="status"
      >
        <p>{`${xLabel} ${Math.round(x * 100) / 100}`}</p>
        {named.map(({ series: { key, label, arm }, point }) => (
          <p key={key} class={`hue-${arm}`}>
            <span class="swatch" aria-hidden="true" />
            <span class="name">{label}</span>
            <b>{format(point.raw)}</b>
          </p>
        ))}
        {more > 0 && <p class="muted">{`and ${more} more`}</p>}
      </div>
    </>
  );
};
