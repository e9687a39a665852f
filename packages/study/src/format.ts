import type { MetricUnit } from './analysis/metrics.ts';

/** `0.7450`, `0.7714`, `23.8 s`; `–` where there is none. */
export const formatMetric = (value: number | undefined, unit: MetricUnit): string => {
  if (value === undefined || !Number.isFinite(value)) return '–';
  return unit === 'seconds' ? `${value.toFixed(1)} s` : withMinus(value.toFixed(4));
};

/** A difference with its sign: `+6.00 points` of accuracy, `−0.93` nats, `+1.2 s`. */
export const formatDifference = (value: number, unit: MetricUnit): string => {
  const signed = (text: string): string => (value < 0 ? text : `+${text}`);
  if (unit === 'fraction') return `${withMinus(signed((value * 100).toFixed(2)))} points`;
  return unit === 'seconds'
    ? `${withMinus(signed(value.toFixed(1)))} s`
    : withMinus(signed(value.toFixed(3)));
};

/** Typographic minus: a hyphen is too short beside metrics. */
const withMinus = (text: string): string => text.replace(/^-/, '−');

/** `a`, `a and b`, `a, b and c`. */
export const listInWords = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** `1 seed`, `6 seeds`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
