import type { ReadonlySignal } from '@preact/signals';
import { MARGIN, type Scale } from './curves.ts';
import type { Readings } from './readings.ts';
import './readout.css';

interface ReadoutProps {
  readonly readings: Readings;
  readonly scale: Scale;
  readonly hover: ReadonlySignal<number | null>;
  readonly format: (value: number) => string;
  /** Of the chart, in pixels. */
  readonly width: number;
  readonly xLabel: string;
}

/** Between the names and the points that they name, in pixels. */
const GAP = 24;
/** What a name and a figure take at least, in pixels. */
const LEAST_WIDTH = 140;

/** What the curves are at the pointer. */
export const Readout = ({ readings, scale, hover, format, width, xLabel }: ReadoutProps) => {
  const x = hover.value;
  if (x === null) return null;
  const { named, more } = readings.at(x);
  const left = scale.x(x);
  if (named.length === 0 || !(left >= MARGIN.left - 1 && left <= width - MARGIN.right + 1)) return null;
  const isStart = left > width / 2;
  const room = isStart ? left - MARGIN.left : width - left;
  return (
    <>
      <div class="crosshair" style={{ transform: `translateX(${left}px)` }} />
      {named.map(({ series: { key, hue }, point }) => (
        <span
          key={key}
          class={`hover-dot hue-${hue}`}
          style={{ transform: `translate(${scale.x(point.x)}px, ${scale.y(point.y)}px)` }}
        />
      ))}
      <div
        class={isStart ? 'readout start' : 'readout end'}
        style={{ maxWidth: `${Math.max(LEAST_WIDTH, room - GAP)}px` }}
        role="status"
      >
        <p>{`${xLabel} ${Math.round(x * 100) / 100}`}</p>
        {named.map(({ series: { key, label, hue }, point }) => (
          <p key={key} class={`hue-${hue}`}>
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
