import { csvOf } from '@dropout-lab/files';
import type { Arm } from '../runs/arms.ts';
import type { Summary } from '../runs/summary.ts';
import { minutesAt } from './series.ts';

const columns = [
  'run',
  'arm',
  'seed',
  'epoch',
  'minutes',
  'loss',
  'accuracy',
  'val_loss',
  'val_accuracy',
  'learning_rate',
] as const;

/** Returns every epoch of the runs as CSV, a row each, with all digits. */
export const epochsCsv = (summaries: readonly Summary[], arms: ReadonlyMap<string, Arm>): string => {
  const rows = summaries.flatMap(({ name, run, history }) => {
    const minutes = minutesAt(history);
    return history.map((row, i) => [
      name,
      arms.get(name)?.label,
      run.manifest.config.seed,
      row.epoch,
      minutes[i],
      row.loss,
      row.accuracy,
      row.val_loss,
      row.val_accuracy,
      row.learningRate,
    ]);
  });
  return csvOf([columns, ...rows]);
};
