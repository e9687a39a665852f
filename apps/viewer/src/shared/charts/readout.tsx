import type { CurveDrawing } from '@dropout-lab/charts';
import { type ReadonlySignal, signal } from '@preact/signals';
import { Highlighted } from './highlighted.tsx';
import { hueOf, Swatch } from './marks.tsx';
import { type CurveReading, lineOf, type Readings } from './readings.ts';
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

/** The line that is pointed at among many, in all charts of the page; see `lineOf`. */
export const pointed = signal<string | null>(null);

/** The values of the curves at the pointer; of many curves that of the nearest, which is drawn over the others. */
export const Readout = ({ readings, drawing, hover, format, width, xLabel }: ReadoutProps) => {
  const x = hover.value;
  if (x === null) return null;
  const { near, named, more } = readAt(readings, x);
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
      {near && <Highlighted series={[near.series]} drawing={drawing} />}
      {named.map(({ series: { key, arm }, point }) => (
        <span
          key={key}
          class="hover-dot"
          style={{ ...hueOf(arm), transform: `translate(${drawing.x(point.x)}px, ${drawing.y(point.y)}px)` }}
        />
      ))}
      <div
        class={isStart ? 'readout start' : 'readout end'}
        style={{ maxWidth: `${Math.max(LEAST_WIDTH, room - GAP)}px` }}
      >
        <p>{`${xLabel} ${Math.round(x * 100) / 100}`}</p>
        {named.map(({ series: { key, label, arm }, point }) => (
          <p key={key}>
            <Swatch arm={arm} />
            <span class="name">{label}</span>
            <b>{format(point.raw)}</b>
          </p>
        ))}
        {more > 0 && <p class="muted">{`and ${more} more`}</p>}
      </div>
    </>
  );
};

/** Returns the curves that are read at x: of many the nearest, or those from above. */
export const readAt = (
  readings: Readings,
  x: number,
): {
  readonly near: CurveReading | undefined;
  readonly named: readonly CurveReading[];
  readonly more: number;
} => {
  const reading = readings.at(x);
  const near =
    reading.more > 0 ? reading.all.find(({ series }) => lineOf(series) === pointed.value) : undefined;
  const named = near ? [near] : reading.named;
  return { near, named, more: reading.all.length - named.length };
};
