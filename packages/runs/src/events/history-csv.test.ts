import type { EpochLogs, RunEvent } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/keras_csv_logger_reference.json' with { type: 'json' };
import { historyCsv, logsToCsv } from './history-csv.ts';

const epoch = (number: number, logs: EpochLogs): RunEvent => ({
  kind: 'epoch',
  time: 0,
  epoch: number,
  step: 10 * number,
  logs,
  learningRate: 0.1,
  seconds: 1,
});

describe('historyCsv', () => {
  for (const { rows, expected } of reference.csvLogger) {
    test(`is what Keras writes, to the byte: ${rows.length} rows of ${Object.keys(rows[0]!)}`, () => {
      const events = (rows as EpochLogs[]).map((logs, i) => epoch(i + 1, logs));
      expect(historyCsv(events)).toBe(expected);
    });
  }

  test('has nan and inf as Keras', () => {
    const row = { loss: Number.NaN, accuracy: 0.5, val_loss: Number.POSITIVE_INFINITY, val_accuracy: 0.5 };
    expect(logsToCsv([row])).toBe(reference.csvNaN);
  });

  test('leaves out what a resumption has voided, and has metrics of the user’s own', () => {
    const logs = (loss: number) => ({ loss, accuracy: 0.5, top5: 0.75 });
    const events: RunEvent[] = [
      epoch(1, logs(3)),
      epoch(2, logs(2)),
      { kind: 'run-resumed', time: 0, epoch: 1, step: 10 },
      epoch(2, logs(2.5)),
    ];
    expect(historyCsv(events)).toBe(
      'epoch,accuracy,loss,top5,val_accuracy,val_loss,val_top5\r\n0,0.5,3.0,0.75,NA,NA,NA\r\n1,0.5,2.5,0.75,NA,NA,NA\r\n',
    );
    expect(historyCsv([])).toBe('');
  });
});
