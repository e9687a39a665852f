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

/** Returns a field, quoted where it must be. A spreadsheet reads a text that begins with `=`, `+`, `-` or `@` as a formula, unless an apostrophe is before it. */
const field = (value: string | number | undefined): string => {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Returns every epoch of the runs as CSV (RFC 4180), a row each, with all digits. */
export const csvOf = (summaries: readonly Summary[], arms: ReadonlyMap<string, Arm>): string => {
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
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
};
