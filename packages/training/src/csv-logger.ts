import type { EpochLogs } from '@dropout-lab/contracts';
import type { Callback } from './callback.ts';

/**
 * Writes each epoch's figures as CSV, as `keras.callbacks.CSVLogger`: `epoch` from 0, then the figures by name,
 * the header fixed by the first row. `write` gets the whole text after every epoch, so that a file written
 * from it is right even after a run that was killed has been resumed.
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
  const keys = Object.keys(rows[0]!).sort() as (keyof EpochLogs)[];
  const lines = rows.map((row, epoch) => [epoch, ...keys.map((key) => row[key] ?? 'NA')].join(','));
  return `${[['epoch', ...keys].join(','), ...lines].join('\n')}\n`;
};
