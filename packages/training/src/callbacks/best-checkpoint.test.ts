import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/reference.json' with { type: 'json' };
import { bestCheckpoint } from './best-checkpoint.ts';
import type { Callback, Monitor, TrainingControls } from './callback.ts';

/** The epochs, from `first`, that a callback keeps for given values. */
const keptEpochs = async (
  callback: Callback,
  monitor: Monitor,
  values: readonly (number | null)[],
  first = 1,
): Promise<number[]> => {
  const kept: number[] = [];
  for (const [i, value] of values.entries()) {
    const controls = {
      saveBest: async () => {
        kept.push(first + i);
      },
    } as TrainingControls;
    const logs = { loss: 1, accuracy: 0, [monitor]: value ?? Number.NaN };
    await callback.onEpochEnd!(logs, controls);
  }
  return kept;
};

describe('bestCheckpoint', () => {
  for (const { monitor, values, expected } of reference.modelCheckpoint) {
    const watched = monitor as Monitor;

    test(`keeps the epochs that Keras’s ModelCheckpoint keeps: ${monitor} ${values}`, async () => {
      expect(await keptEpochs(bestCheckpoint(watched), watched, values)).toEqual(expected);
    });

    test(`and does after a resume from any of them: ${monitor} ${values}`, async () => {
      for (let epochs = 1; epochs < values.length; epochs++) {
        const before = bestCheckpoint(watched);
        const kept = await keptEpochs(before, watched, values.slice(0, epochs));
        const after = bestCheckpoint(watched);
        after.writeState!(JSON.parse(JSON.stringify(before.readState!())));
        kept.push(...(await keptEpochs(after, watched, values.slice(epochs), epochs + 1)));
        expect(kept).toEqual(expected);
      }
    });
  }

  test('is not stopped by a first value that is NaN, unlike Keras', async () => {
    expect(await keptEpochs(bestCheckpoint('val_loss'), 'val_loss', [null, 3, 4, 2])).toEqual([2, 4]);
  });
});
