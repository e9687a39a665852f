import type { EpochRow } from '@dropout-lab/runs';
import { armCurve, type CurveMetric, metricAt } from '@dropout-lab/study';
import type { View } from '../address.ts';
import type { Arm } from '../runs/arms.ts';
import type { Summary } from '../runs/summary.ts';

/** A point of a curve. */
export interface Point {
  /** Epoch from 1, or minutes of training. */
  readonly x: number;
  /** What is drawn: smoothed where that was asked for. */
  readonly y: number;
  /** As it was recorded. */
  readonly raw: number;
  /** 95% band of a mean over runs, smoothed as `y` is. */
  readonly band?: { readonly lower: number; readonly upper: number } | undefined;
}

/** One curve of a chart. */
export interface Series {
  readonly key: string;
  /** For a person. */
  readonly label: string;
  /** Index of its arm's hue. */
  readonly hue: number;
  /** Drawn with dashes: training, where validation is in the same chart. */
  readonly dashed?: boolean;
  /** By rising x, without gaps. */
  readonly points: readonly Point[];
  /** x at which overfitting has set in. */
  readonly onset?: number | undefined;
}

export type SeriesOptions = Pick<View, 'x' | 'smooth' | 'group'>;

/**
 * Exponential moving mean `m += (1 - weight) * (v - m)`, divided by the weight of the values so far, so that it
 * starts at the first value (the bias correction of Kingma & Ba 2015, section 3).
 *
 * @param weight Of the past, 0..1; 0 leaves the values as they are.
 */
export const smoothed = (values: readonly number[], weight: number): number[] => {
  let mean = 0;
  let mass = 0;
  return values.map((value) => {
    mean = weight * mean + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return mean / mass;
  });
};

/** Minutes of training at the end of each epoch. */
export const minutesAt = (history: readonly EpochRow[]): number[] => {
  let seconds = 0;
  return history.map((row) => {
    seconds += row.seconds;
    return seconds / 60;
  });
};

/**
 * The curves of a figure: one for each run, or for each arm the mean over its runs with its band. They are named
 * by arm, and by seed where an arm has several: names of runs may be digests.
 *
 * @param arms The arm of each run by the run's name.
 */
export const seriesOf = (
  summaries: readonly Summary[],
  arms: ReadonlyMap<string, Arm>,
  figure: CurveMetric,
  options: SeriesOptions,
): Series[] => {
  if (options.group) return armSeries(summaries, arms, figure, options);
  const runs = new Map<Arm | undefined, number>();
  for (const { name } of summaries) runs.set(arms.get(name), (runs.get(arms.get(name)) ?? 0) + 1);
  return summaries.map((summary) => {
    const arm = arms.get(summary.name);
    const series = runSeries(summary, arm, figure, options);
    if (!arm) return series;
    const seed = runs.get(arm) === 1 ? '' : ` · seed ${summary.run.manifest.config.seed}`;
    return { ...series, label: `${arm.label}${seed}` };
  });
};

/** The curve of one run. Epochs in which the figure is missing or not finite are left out. */
const runSeries = (
  { name, history, onset }: Summary,
  arm: Arm | undefined,
  figure: CurveMetric,
  { x, smooth }: Pick<SeriesOptions, 'x' | 'smooth'>,
): Series => {
  const minutes = minutesAt(history);
  const xOf = (i: number): number => (x === 'epoch' ? history[i]!.epoch : minutes[i]!);
  const recorded = history.flatMap((row, i) => {
    const raw = metricAt(row, figure);
    return raw !== undefined && Number.isFinite(raw) ? [{ x: xOf(i), raw }] : [];
  });
  const ys = smoothed(
    recorded.map(({ raw }) => raw),
    smooth,
  );
  const at = onset === undefined ? -1 : history.findIndex(({ epoch }) => epoch === onset);
  return {
    key: `${name}/${figure}`,
    label: name,
    hue: arm?.color ?? 0,
    points: recorded.map((point, i) => ({ ...point, y: ys[i]! })),
    onset: at === -1 ? undefined : xOf(at),
  };
};

/**
 * The two curves of a run that belong in one chart: validation, and training with dashes. Where overfitting has set in
 * is read off validation loss.
 *
 * @param labelOf What a curve is called.
 */
export const curvePair = (
  summary: Summary,
  arm: Arm | undefined,
  figure: 'loss' | 'accuracy',
  labelOf: (part: 'validation' | 'training') => string,
): readonly [Series, Series] => {
  const options = { x: 'epoch', smooth: 0 } as const;
  const { onset, ...validation } = runSeries(summary, arm, `val_${figure}`, options);
  const { onset: _, ...training } = runSeries(summary, arm, figure, options);
  return [
    { ...validation, label: labelOf('validation'), ...(figure === 'loss' && { onset }) },
    { ...training, label: labelOf('training'), dashed: true },
  ];
};

const armSeries = (
  summaries: readonly Summary[],
  arms: ReadonlyMap<string, Arm>,
  figure: CurveMetric,
  { x, smooth }: SeriesOptions,
): Series[] => {
  const groups = new Map<Arm, Summary[]>();
  for (const summary of summaries) {
    const arm = arms.get(summary.name);
    if (arm) groups.set(arm, [...(groups.get(arm) ?? []), summary]);
  }
  return [...groups].flatMap(([arm, group]) => {
    const curve = armCurve(
      group.map(({ history }) => history),
      figure,
    );
    const times = meanMinutes(group);
    const smoothedAll = (values: readonly number[]) => smoothed(values, smooth);
    const means = smoothedAll(curve.map(({ mean }) => mean));
    const lower = smoothedAll(curve.map(({ band, mean }) => band?.lower ?? mean));
    const upper = smoothedAll(curve.map(({ band, mean }) => band?.upper ?? mean));
    const points = curve.map(({ epoch, mean, band }, i) => ({
      x: x === 'epoch' ? epoch : (times.get(epoch) ?? Number.NaN),
      y: means[i]!,
      raw: mean,
      band: band && { lower: lower[i]!, upper: upper[i]! },
    }));
    return [
      {
        key: `${arm.key}/${figure}`,
        label: arm.label,
        hue: arm.color,
        points,
        onset: meanOnset(group, x, times),
      },
    ];
  });
};

/** Minutes at the end of each epoch, the mean over the runs that came so far. */
const meanMinutes = (group: readonly Summary[]): ReadonlyMap<number, number> => {
  const at = new Map<number, number[]>();
  for (const { history } of group) {
    minutesAt(history).forEach((minutes, i) => {
      const { epoch } = history[i]!;
      at.set(epoch, [...(at.get(epoch) ?? []), minutes]);
    });
  }
  return new Map([...at].map(([epoch, all]) => [epoch, all.reduce((sum, one) => sum + one, 0) / all.length]));
};

/** Where overfitting sets in on the average, when it does in most of an arm's runs. */
const meanOnset = (
  group: readonly Summary[],
  x: SeriesOptions['x'],
  times: ReadonlyMap<number, number>,
): number | undefined => {
  const onsets = group.flatMap(({ onset }) => onset ?? []);
  if (onsets.length * 2 <= group.length) return undefined;
  const epoch = Math.round(onsets.reduce((sum, onset) => sum + onset, 0) / onsets.length);
  return x === 'epoch' ? epoch : times.get(epoch);
};

/** The point of a curve that is nearest to x; undefined when the curve has none within its own spacing of x. */
export const pointNear = (points: readonly Point[], x: number): Point | undefined => {
  let low = 0;
  let high = points.length - 1;
  if (high < 0) return undefined;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x <= x) low = middle;
    else high = middle;
  }
  const [a, b] = [points[low]!, points[high]!];
  const nearest = Math.abs(a.x - x) <= Math.abs(b.x - x) ? a : b;
  const spacing = points.length > 1 ? (points.at(-1)!.x - points[0]!.x) / (points.length - 1) : 1;
  return Math.abs(nearest.x - x) <= spacing ? nearest : undefined;
};
