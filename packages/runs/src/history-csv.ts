import type { EpochLogs } from '@dropout-lab/contracts';
import type { Callback } from './callback.ts';
import { pythonFloat } from './python-float.ts';

/**
 * Writes each epoch's figures as CSV, to the byte as `keras.callbacks.CSVLogger`: `epoch` from 0, then the figures
 * by name, their columns fixed by the first epoch, `NA` for one that is missing; lines end in CR LF.
 *
 * @param write Gets the whole text after every epoch, so that a file written from it is right even after a run
 *   that was killed has been resumed.
 */
export const csvLogger = (write: (text: string) => void | Promise<void>): Callback => {
  let rows: EpochLogs[] = [];
  return {
    onEpochEnd: async (logs) => {
      rows.push(logs);
      await write(toCSV(rows));
    },
    readState: () => ({ data: [...rows] }),
    writeState: ({ data }) => {
      rows = [...(data as typeof rows)];
    },
  };
};

const toCSV = (rows: readonly EpochLogs[]): string => {
  const columns = columnsOf(rows[0]!);
  const lines = rows.map((row, epoch) => [epoch, ...columns.map((column) => cell(row[column]))]);
  return [['epoch', ...columns], ...lines].map((line) => `${line.join(',')}\r\n`).join('');
};

/** Validation figures have columns even when the first epoch is without, as in Keras. */
const columnsOf = (logs: EpochLogs): (keyof EpochLogs)[] => {
  const columns = Object.keys(logs).sort();
  const hasValidation = columns.some((column) => column.startsWith('val_'));
  const added = hasValidation ? [] : columns.map((column) => `val_${column}`);
  return [...columns, ...added] as (keyof EpochLogs)[];
};

const cell = (figure: number | null | undefined): string => {
  if (figure === undefined) return 'NA';
  // A state that went through JSON has null for NaN.
  return pythonFloat(figure ?? Number.NaN);
};
