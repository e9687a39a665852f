import type { Signal } from '@preact/signals';
import { announce } from '../controls/announcements.tsx';
import { nextLine, type Readings } from './readings.ts';
import { pointed, readAt } from './readout.tsx';

interface ReadingKeysOptions {
  readonly readings: Readings;
  readonly hover: Signal<number | null>;
  readonly xLabel: string;
  readonly format: (value: number) => string;
}

/** Returns what keys do on a chart: left and right go through its places, up and down through its lines, Escape leaves it. */
export const readingKeys = ({
  readings,
  hover,
  xLabel,
  format,
}: ReadingKeysOptions): {
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly leave: () => void;
} => {
  /** Has the reading that the keys lead to read out; a pointer's is seen. */
  const sayReading = (): void => {
    const x = hover.value;
    if (x === null) return;
    const { named, more } = readAt(readings, x);
    const values = named.map(({ series: { label }, point }) => `${label} ${format(point.raw)}`);
    announce([`${xLabel} ${x}`, ...values, ...(more > 0 ? [`and ${more} more`] : [])].join(', '));
  };
  const step = (direction: 1 | -1): void => {
    const { xs } = readings;
    const index = hover.value === null ? -1 : xs.findIndex((x) => x >= hover.value!);
    hover.value = xs[Math.min(xs.length - 1, Math.max(0, index + direction))] ?? null;
    sayReading();
  };
  const stepLine = (direction: 1 | -1): void => {
    if (hover.value === null) step(1);
    if (hover.value !== null) pointed.value = nextLine(readings.at(hover.value), pointed.value, direction);
    sayReading();
  };
  const leave = (): void => {
    hover.value = null;
    pointed.value = null;
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => step(1),
    ArrowLeft: () => step(-1),
    ArrowUp: () => stepLine(-1),
    ArrowDown: () => stepLine(1),
    Escape: leave,
  };
  return {
    leave,
    onKeyDown: (event) => {
      const act = keys[event.key];
      if (!act) return;
      act();
      event.preventDefault();
    },
  };
};
