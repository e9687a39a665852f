import { csvOf } from '@dropout-lab/files';
import type { StudyAnalysis } from '../analysis/analysis.ts';
import { metricDefinitions } from '../analysis/metrics.ts';
import type { StudyRun } from '../store/study-run.ts';

/** A row for each epoch of each finished run. */
export const curvesCsv = (runs: readonly StudyRun[]): string =>
  csvOf([
    [
      ...['arm', 'seed', 'epoch', 'loss', 'accuracy', 'val_loss', 'val_accuracy'],
      ...['learning_rate', 'seconds'],
    ],
    ...runs
      .filter(({ state }) => state === 'finished')
      .flatMap(({ arm, seed, history }) =>
        history.map((row) => [
          ...[arm.name, seed, row.epoch, row.loss, row.accuracy, row.val_loss, row.val_accuracy],
          ...[row.learningRate, row.seconds],
        ]),
      ),
  ]);

/** A row for each finished run. */
export const metricsCsv = ({ arms }: StudyAnalysis): string =>
  csvOf([
    ['arm', 'seed', 'epochs', ...metricDefinitions.map(({ key }) => key), 'lowest_loss_epoch', 'onset_epoch'],
    ...arms.flatMap(({ name, runs }) =>
      runs.map(({ seed, epochs, metrics, lowestLossEpoch, onset }) => [
        ...[name, seed, epochs],
        ...metricDefinitions.map(({ key }) => metrics[key]),
        ...[lowestLossEpoch, onset],
      ]),
    ),
  ]);
