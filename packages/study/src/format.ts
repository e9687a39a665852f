import type { MetricUnit } from './analysis/metrics.ts';

/**
 * Returns a fraction in percent, in the report and in the viewer: `74.5%`; `–` where there is none.
 *
 * @param digits After the point; 1 by default, which is more than 10,000 images can decide.
 */
export const formatPercent = (fraction: number | undefined, digits = 1): string =>
  fraction === undefined || !Number.isFinite(fraction) ? '–' : withMinus(`${fixed(fraction * 100, digits)}%`);

/** Returns `74.5%`, `0.7714`, `23.8 s`; `–` where there is none. */
export const formatMetric = (value: number | undefined, unit: MetricUnit): string => {
  if (unit === 'fraction') return formatPercent(value);
  if (value === undefined || !Number.isFinite(value)) return '–';
  return unit === 'seconds' ? `${value.toFixed(1)} s` : withMinus(value.toFixed(4));
};

/** Returns a difference with its sign: `+6.0 points` of accuracy, `−0.930` nats, `+1.2 s`. */
export const formatDifference = (value: number, unit: MetricUnit): string => {
  const signed = (text: string): string => (text.startsWith('-') ? withMinus(text) : `+${text}`);
  if (unit === 'fraction') return `${signed(fixed(value * 100, 1))} points`;
  return unit === 'seconds' ? `${signed(fixed(value, 1))} s` : signed(fixed(value, 3));
};

/** Returns the ends of an interval of differences, in points where they are fractions: `5.2 to 7.1`, `−0.3 to 1.5`. */
export const formatRange = (lower: number, upper: number, unit: MetricUnit): string => {
  const [scale, digits] = ({ fraction: [100, 1], nats: [1, 3], seconds: [1, 1] } as const)[unit];
  const [from, to] = [lower, upper].map((end) => withMinus(fixed(end * scale, digits)));
  return `${from} to ${to}${unit === 'seconds' ? ' s' : ''}`;
};

/** Returns `p = 0.031`, `p < 0.001`. */
export const formatP = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);

/** Returns `10,000`. */
export const formatCount = (count: number): string => `${count}`.replaceAll(/\B(?=(\d{3})+$)/g, ',');

/** Without the sign of a number that is rounded to 0. */
const fixed = (value: number, digits: number): string => value.toFixed(digits).replace(/^-(?=[0.]*$)/, '');

/** Typographic minus: a hyphen is too short beside metrics. */
const withMinus = (text: string): string => text.replace(/^-/, '−');

/** `a`, `a and b`, `a, b and c`. */
export const listInWords = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** `1 seed`, `6 seeds`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
