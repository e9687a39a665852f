import type { EpochLogs, RunEvent } from '@dropout-lab/contracts';
import { csvOf } from '@dropout-lab/files';
import { withoutVoided } from './history.ts';
import { pythonFloat } from './python-float.ts';

/**
 * A run's epochs as CSV, to the byte as `keras.callbacks.CSVLogger` writes them: `epoch` from 0, then the metrics by
 * name, their columns fixed by the first epoch, `NA` for one that is missing; lines end in CR LF. Empty without epochs.
 *
 * @param events In the order written.
 */
export const historyCsv = (events: readonly RunEvent[]): string => {
  const logs = new Map<number, EpochLogs>();
  for (const event of withoutVoided(events)) if (event.kind === 'epoch') logs.set(event.epoch, event.logs);
  return logsToCsv([...logs.values()]);
};

/** The metrics of epochs, the first of them epoch 0. */
export const logsToCsv = (rows: readonly EpochLogs[]): string => {
  const [first] = rows;
  if (first === undefined) return '';
  const columns = columnsOf(first);
  const lines = rows.map((row, epoch) => [`${epoch}`, ...columns.map((column) => row[column])]);
  return csvOf([['epoch', ...columns], ...lines], { number: pythonFloat, missing: 'NA' });
};

/** Validation metrics have columns even when the first epoch is without, as in Keras. */
const columnsOf = (logs: EpochLogs): string[] => {
  const columns = Object.keys(logs).sort();
  const hasValidation = columns.some((column) => column.startsWith('val_'));
  const added = hasValidation ? [] : columns.map((column) => `val_${column}`);
  return [...columns, ...added];
};
