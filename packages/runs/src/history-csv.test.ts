import type { EpochLogs } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import reference from '../fixtures/reference.json' with { type: 'json' };
import { csvLogger, type TrainingControls } from './index.ts';

const noControls = {} as TrainingControls;

const log = () => {
  const texts: string[] = [];
  const callback = csvLogger((text) => {
    texts.push(text);
  });
  return { texts, callback, add: (row: EpochLogs) => callback.onEpochEnd!(row, noControls) };
};

describe('csvLogger', () => {
  for (const { rows, expected } of reference.csvLogger) {
    test(`writes what Keras writes, to the byte: ${rows.length} rows of ${Object.keys(rows[0]!)}`, async () => {
      const { texts, add } = log();
      for (const row of rows) await add(row);
      expect(texts.at(-1)).toBe(expected);
      const lines = expected.split('\r\n');
      expect(texts).toEqual(rows.map((_, epoch) => `${lines.slice(0, epoch + 2).join('\r\n')}\r\n`));
    });
  }

  test('writes nan and inf as Keras, and nan still after a resume', async () => {
    const { texts, callback, add } = log();
    const row = { loss: Number.NaN, accuracy: 0.5, val_loss: Number.POSITIVE_INFINITY, val_accuracy: 0.5 };
    await add(row);
    expect(texts).toEqual([reference.csvNaN]);

    const resumed = log();
    resumed.callback.writeState!(JSON.parse(JSON.stringify(callback.readState!())));
    await resumed.add({ ...row, loss: 1 });
    expect(resumed.texts[0]).toContain('\r\n0,0.5,nan,0.5,');
  });

  test('goes on where its state, through JSON, was taken', async () => {
    const { rows, expected } = reference.csvLogger[0]!;
    for (let epochs = 1; epochs < rows.length; epochs++) {
      const before = log();
      for (const row of rows.slice(0, epochs)) await before.add(row);
      const state = JSON.parse(JSON.stringify(before.callback.readState!()));
      // What comes after the snapshot, as in a run that is killed later, is no part of it.
      await before.add(rows[0]!);
      const after = log();
      after.callback.writeState!(state);
      for (const row of rows.slice(epochs)) await after.add(row);
      expect(after.texts.at(-1)).toBe(expected);
    }
  });
});
