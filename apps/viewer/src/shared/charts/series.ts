import type { Curve, CurvePoint } from '@dropout-lab/charts';
import { type EpochMarks, mean, medianMarks } from '@dropout-lab/metrics';
import type { EpochRow } from '@dropout-lab/runs';
import { armCurve, type CurveMetric, metricAt } from '@dropout-lab/study';
import type { View } from '../address.ts';
import type { Arm } from '../runs/arms.ts';
import type { RunOverview, Status } from '../runs/catalogue.ts';
import type { Summary } from '../runs/summary.ts';
import { smoothed } from './smoothed.ts';

/** A point of a curve. */
export interface Point extends CurvePoint {
  /** The recorded value. */
  readonly raw: number;
}

/** One curve of a chart, without gaps. */
export interface Series extends Curve {
  readonly key: string;
  readonly points: readonly Point[];
}

/** The meaning of the circles on curves, for charts without a legend. */
export const CIRCLES = 'A circle is the lowest validation loss.';

/** The meaning of the marks on curves of validation and training. */
export const MARKS = `The gap between the lines is tinted, and more so from where a run overfits. ${CIRCLES}`;

/** Returns what is said of runs in the place of a curve that they do not have. */
export const emptyInWords = (summaries: readonly Pick<Summary, 'status' | 'history'>[]): string => {
  if (summaries.some(({ status }) => UNFINISHED.includes(status))) return 'No epoch has ended yet';
  return summaries.every(({ history }) => history.length === 0) ? 'No epoch was finished' : 'Not measured';
};

const UNFINISHED: readonly Status[] = ['waiting', 'running', 'paused'];

/**
 * Returns the epochs that the charts of runs reach to while one of them trains, so that their axes do not move; undefined when
 * all have ended.
 *
 * @param first 0 where the steps within the first epoch are drawn too.
 */
export const reachOf = (
  summaries: readonly Pick<Summary, 'progress'>[],
  first: 0 | 1 = 1,
): readonly [number, number] | undefined => {
  const ends = summaries.flatMap(({ progress }) => progress?.epochs ?? []);
  return ends.length === 0 ? undefined : [first, Math.max(...ends)];
};

export interface SeriesOptions extends Pick<View, 'x' | 'smooth'> {
  /** Means over the runs of an arm in place of single runs. */
  readonly group: boolean;
}

/** Returns the minutes of training at the end of each epoch. */
export const minutesAt = (history: readonly EpochRow[]): number[] => {
  let seconds = 0;
  return history.map((row) => {
    seconds += row.seconds;
    return seconds / 60;
  });
};

/**
 * The curves of a metric: one for each run, or for each arm the mean over its runs with its band. They are named
 * by arm, and by seed where an arm has several, by seed alone where all are of one arm: names of runs may be digests.
 *
 * @param arms The arm of each run by the run's name.
 */
export const seriesOf = (
  summaries: readonly Summary[],
  arms: ReadonlyMap<string, Arm>,
  metric: CurveMetric,
  options: SeriesOptions,
): Series[] => {
  if (options.group) return armSeries(summaries, arms, metric, options);
  const runs = new Map<Arm | undefined, number>();
  for (const { name } of summaries) runs.set(arms.get(name), (runs.get(arms.get(name)) ?? 0) + 1);
  return summaries.map((summary) => {
    const arm = arms.get(summary.name);
    const series = runSeries(summary, arm, metric, options);
    if (!arm) return series;
    const seed = `seed ${summary.run.manifest.config.seed}`;
    if (runs.get(arm) === 1) return { ...series, label: arm.label };
    return { ...series, label: runs.size === 1 ? seed : `${arm.label} · ${seed}` };
  });
};

/** Returns the curve of one run, without the epochs in which the metric is missing or not finite. */
const runSeries = (
  { name, history, onset, lowestLoss }: Summary,
  arm: Arm | undefined,
  metric: CurveMetric,
  { x, smooth }: Pick<SeriesOptions, 'x' | 'smooth'>,
): Series => {
  const minutes = minutesAt(history);
  const xOf = (i: number): number => (x === 'epoch' ? history[i]!.epoch : minutes[i]!);
  const recorded = history.flatMap((row, i) => {
    const raw = metricAt(row, metric);
    return raw !== undefined && Number.isFinite(raw) ? [{ x: xOf(i), raw }] : [];
  });
  const ys = smoothed(
    recorded.map(({ raw }) => raw),
    smooth,
  );
  return {
    key: `${name}/${metric}`,
    label: name,
    arm: arm?.color ?? 0,
    points: recorded.map((point, i) => ({ ...point, y: ys[i]! })),
    ...marksOn(metric, { lowestLossEpoch: lowestLoss?.epoch, onset }, (epoch) => {
      const at = history.findIndex((row) => row.epoch === epoch);
      return at === -1 ? undefined : xOf(at);
    }),
  };
};

/** Returns the marks of validation curves, which are read from validation loss. */
const marksOn = (
  metric: CurveMetric,
  { lowestLossEpoch, onset }: EpochMarks,
  xOf: (epoch: number) => number | undefined,
): Pick<Curve, 'lowest' | 'onset'> =>
  metric.startsWith('val_')
    ? {
        lowest: lowestLossEpoch === undefined ? undefined : xOf(lowestLossEpoch),
        onset: onset === undefined ? undefined : xOf(onset),
      }
    : {};

/**
 * The two curves of a run that belong in one chart: validation, and training with dashes.
 *
 * @param labelOf What a curve is called.
 */
export const curvePair = (
  summary: Summary,
  arm: Arm | undefined,
  metric: 'loss' | 'accuracy',
  labelOf: (part: 'validation' | 'training') => string,
): readonly [Series, Series] => {
  const options = { x: 'epoch', smooth: 0 } as const;
  const validation = runSeries(summary, arm, `val_${metric}`, options);
  return pairOf(validation, runSeries(summary, arm, metric, options), labelOf);
};

/** The curves of runs or arms in pairs, with their names at the ends of validation. */
export const pairsOf = (
  summaries: readonly Summary[],
  arms: ReadonlyMap<string, Arm>,
  metric: 'loss' | 'accuracy',
  options: SeriesOptions,
): Series[] => {
  const trainings = seriesOf(summaries, arms, metric, options);
  return seriesOf(summaries, arms, `val_${metric}`, options).flatMap((curve, i) => {
    const { label } = curve;
    const [validation, training] = pairOf(curve, trainings[i]!, (part) => `${label}, ${part}`);
    return [
      { ...validation, end: label },
      { ...training, end: '' },
    ];
  });
};

const pairOf = (
  validation: Series,
  training: Series,
  labelOf: (part: 'validation' | 'training') => string,
): readonly [Series, Series] => [
  { ...validation, label: labelOf('validation'), training: training.points },
  { ...training, label: labelOf('training'), dashed: true },
];

const armSeries = (
  summaries: readonly Summary[],
  arms: ReadonlyMap<string, Arm>,
  metric: CurveMetric,
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
      metric,
    );
    const times = x === 'epoch' ? undefined : meanMinutes(group);
    const smoothedAll = (values: readonly number[]) => smoothed(values, smooth);
    const means = smoothedAll(curve.map(({ mean }) => mean));
    const lower = smoothedAll(curve.map(({ band, mean }) => band?.lower ?? mean));
    const upper = smoothedAll(curve.map(({ band, mean }) => band?.upper ?? mean));
    const points = curve.map(({ epoch, mean, band }, i) => ({
      x: times ? (times.get(epoch) ?? Number.NaN) : epoch,
      y: means[i]!,
      raw: mean,
      band: band && { lower: lower[i]!, upper: upper[i]! },
    }));
    return [
      {
        key: `${arm.key}/${metric}`,
        label: arm.label,
        arm: arm.color,
        points,
        ...marksOn(metric, marksOf(group), (epoch) => (times ? times.get(epoch) : epoch)),
      },
    ];
  });
};

/** Returns the minutes at the end of each epoch, the mean over the runs that have reached it. */
const meanMinutes = (group: readonly Summary[]): ReadonlyMap<number, number> => {
  const at = new Map<number, number[]>();
  for (const { history } of group) {
    minutesAt(history).forEach((minutes, i) => {
      const { epoch } = history[i]!;
      const all = at.get(epoch);
      if (all) all.push(minutes);
      else at.set(epoch, [minutes]);
    });
  }
  return new Map([...at].map(([epoch, all]) => [epoch, mean(all)]));
};

/** Returns the marks of an arm. */
export const marksOf = (group: readonly RunOverview[]): EpochMarks =>
  medianMarks(group.map(({ lowestLoss, onset }) => ({ lowestLossEpoch: lowestLoss?.epoch, onset })));
