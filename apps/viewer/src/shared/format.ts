export { formatPercent as percent } from '@dropout-lab/study';

/** Returns `0.7714`; a dash where there is none, `NaN` where a run diverged. */
export const decimal = (value: number | undefined, digits = 4): string => {
  if (value === undefined) return '–';
  return Math.abs(value) < LONG ? value.toFixed(digits) : value.toExponential(1).replace('e+', 'e');
};

/** Losses of a run that diverges are written as `3.1e36`. */
const LONG = 1e5;

/** Returns a loss for a chart: `0.77`, `0.077`. */
export const lossOnChart = (value: number): string => decimal(value, value < 0.1 ? 3 : 2);

/** Returns `25 min 3 s`, `1 h 4 min`. */
export const duration = (seconds: number): string => {
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
};

// Made once: making a formatter takes longer than formatting.
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Returns `24 Nov 2026, 03:10`, in the reader's time zone. */
export const dateAndTime = (iso: string): string => {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${day.format(date)}, ${time.format(date)}`;
};

/** Returns `1,240`. */
export const count = (value: number): string => whole.format(value);

/** Returns `3 runs`, `1 run`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Returns `0 to 9, 42`, `3, 7`: each once, and from three in a row the first and the last. */
export const wholeNumbers = (values: readonly number[]): string => {
  const stretches: [number, number][] = [];
  for (const value of [...new Set(values)].sort((a, b) => a - b)) {
    const stretch = stretches.at(-1);
    if (stretch && value === stretch[1] + 1) stretch[1] = value;
    else stretches.push([value, value]);
  }
  return stretches
    .flatMap(([first, last]): (number | string)[] =>
      last - first < 2 ? [...new Set([first, last])] : [`${first} to ${last}`],
    )
    .join(', ');
};
