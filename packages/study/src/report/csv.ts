import type { StudyAnalysis } from '../analysis/analysis.ts';
import { figureDefinitions } from '../analysis/figures.ts';
import type { StudyRun } from '../store/study-run.ts';

/** A row for each epoch of each finished run. */
export const curvesCsv = (runs: readonly StudyRun[]): string =>
  csv(
    [
      ...['arm', 'seed', 'epoch', 'loss', 'accuracy', 'val_loss', 'val_accuracy'],
      ...['learning_rate', 'seconds'],
    ],
    runs
      .filter(({ state }) => state === 'finished')
      .flatMap(({ arm, seed, history }) =>
        history.map((row) => [
          ...[arm.name, seed, row.epoch, row.loss, row.accuracy, row.val_loss, row.val_accuracy],
          ...[row.learningRate, row.seconds],
        ]),
      ),
  );

/** A row for each finished run. */
export const figuresCsv = ({ arms }: StudyAnalysis): string =>
  csv(
    ['arm', 'seed', 'epochs', ...figureDefinitions.map(({ key }) => key), 'lowest_loss_epoch', 'onset_epoch'],
    arms.flatMap(({ name, runs }) =>
      runs.map(({ seed, epochs, figures, lowestLossEpoch, onset }) => [
        ...[name, seed, epochs],
        ...figureDefinitions.map(({ key }) => figures[key]),
        ...[lowestLossEpoch, onset],
      ]),
    ),
  );

/** Names and titles of a study have neither commas nor quotes; what there is not is empty. */
const csv = (head: readonly string[], rows: readonly (readonly (string | number | undefined)[])[]): string =>
  [head, ...rows]
    .map((row) => row.map((value) => (value === undefined || Number.isNaN(value) ? '' : value)).join(','))
    .join('\n')
    .concat('\n');
