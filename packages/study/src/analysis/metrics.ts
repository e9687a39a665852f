import {
  lowestValidationLoss,
  mean,
  median,
  overfittingOnset,
  standardDeviation,
} from '@dropout-lab/metrics';
import type { StudyRun } from '../store/study-run.ts';
import { metricAt } from './curves.ts';

/** How a metric is written: a fraction 0..1, nats, or seconds. */
export type MetricUnit = 'fraction' | 'nats' | 'seconds';

/** A column of the report's table. */
export interface MetricDefinition {
  readonly key: string;
  readonly title: string;
  readonly unit: MetricUnit;
  /** Which way is better; undefined where neither is. */
  readonly better: 'higher' | 'lower' | undefined;
  /** Undefined or NaN where the run has no such metric. */
  readonly of: (run: StudyRun) => number | undefined;
}

const define = <const F extends readonly MetricDefinition[]>(metrics: F): F => metrics;

/** The metrics of a run, in the order of the report's table. */
export const metricDefinitions = define([
  {
    key: 'val_accuracy',
    title: 'validation accuracy, last epoch',
    unit: 'fraction',
    better: 'higher',
    of: ({ history }) => history.at(-1)?.val_accuracy,
  },
  {
    key: 'best_val_accuracy',
    title: 'validation accuracy, best epoch',
    unit: 'fraction',
    better: 'higher',
    of: ({ history }) => extreme(history, 'val_accuracy', Math.max),
  },
  {
    key: 'val_loss',
    title: 'validation loss, last epoch',
    unit: 'nats',
    better: 'lower',
    of: ({ history }) => history.at(-1)?.val_loss,
  },
  {
    key: 'best_val_loss',
    title: 'validation loss, lowest',
    unit: 'nats',
    better: 'lower',
    of: ({ history }) => lowestValidationLoss(history)?.loss,
  },
  {
    key: 'test_accuracy',
    title: 'test accuracy',
    unit: 'fraction',
    better: 'higher',
    of: ({ evaluation }) => evaluation?.accuracy,
  },
  {
    key: 'test_loss',
    title: 'test loss',
    unit: 'nats',
    better: 'lower',
    of: ({ evaluation }) => evaluation?.loss,
  },
  {
    key: 'generalization_gap',
    title: 'generalization gap, last epoch',
    unit: 'fraction',
    better: undefined,
    of: ({ history }) => {
      const last = history.at(-1);
      return last && metricAt(last, 'generalization_gap');
    },
  },
  {
    key: 'expected_calibration_error',
    title: 'calibration error (ECE)',
    unit: 'fraction',
    better: 'lower',
    of: ({ evaluation }) => evaluation?.expectedCalibrationError,
  },
  {
    key: 'seconds_per_epoch',
    title: 'seconds per epoch, median',
    unit: 'seconds',
    better: undefined,
    of: ({ history }) => median(history.map(({ seconds }) => seconds)),
  },
]);

/** A column of the report's table, by its name in JSON and CSV. */
export type MetricKey = (typeof metricDefinitions)[number]['key'];

/** A run's metrics by key; NaN where it has none. */
export type RunMetrics = Readonly<Record<MetricKey, number>>;

/** The summary of a single finished run. */
export interface RunSummary {
  readonly seed: number;
  /** Trained; fewer than conmetricd after early stopping. */
  readonly epochs: number;
  readonly metrics: RunMetrics;
  /** Epoch of lowest validation loss; undefined without validation. */
  readonly lowestLossEpoch: number | undefined;
  /** See `overfittingOnset`. */
  readonly onset: number | undefined;
}

/** Summarizes a finished run. Of one whose epochs are lost or changed, no metric that is taken from them is given. */
export const summarizeRun = (run: StudyRun): RunSummary => {
  const lost = run.gaps?.epochs ?? [];
  const isWhole = lost.length === 0 && !run.gaps?.isChanged;
  const history = isWhole ? run.history : [];
  return {
    seed: run.seed,
    epochs: Math.max(0, run.history.at(-1)?.epoch ?? 0, ...lost.map(([, last]) => last)),
    metrics: Object.fromEntries(
      metricDefinitions.map(({ key, of }) => [key, of({ ...run, history }) ?? Number.NaN]),
    ) as RunMetrics,
    lowestLossEpoch: lowestValidationLoss(history)?.epoch,
    onset: overfittingOnset(history),
  };
};

/** A metric over seeds. */
export interface MetricSummary {
  /** Runs that have it. */
  readonly runs: number;
  /** NaN of no runs. */
  readonly mean: number;
  /** Of the sample; undefined below two runs. */
  readonly standardDeviation: number | undefined;
}

/** Mean and standard deviation; values that are not finite are left out. */
export const summarizeMetric = (values: readonly number[]): MetricSummary => {
  const finite = values.filter(Number.isFinite);
  return {
    runs: finite.length,
    mean: mean(finite),
    standardDeviation: finite.length > 1 ? standardDeviation(finite) : undefined,
  };
};

const extreme = (
  history: StudyRun['history'],
  metric: 'val_accuracy',
  pick: (...values: number[]) => number,
): number | undefined => {
  const values = history.map((row) => row[metric]).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : pick(...values);
};
