import type { NamedArray } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/reference.json' with { type: 'json' };
import { type Callback, earlyStopping, type Monitor, type TrainingControls } from '../index.ts';

const weightsOf = (epoch: number): NamedArray[] => [
  { name: 'w', shape: [1], values: Float32Array.of(epoch) },
];

/** Calls a callback with given values; the weights of an epoch are its number. */
const play = async (
  callback: Callback,
  monitor: Monitor,
  values: readonly (number | undefined)[],
  first = 1,
) => {
  let stopped: number | null = null;
  let message = '';
  let weights = weightsOf(0);
  const controlsAt = (epoch: number): TrainingControls => ({
    epoch,
    learningRate: 1,
    scaleLearningRate: () => {},
    stop: (said) => {
      stopped = epoch;
      message = said;
    },
    saveBest: async () => {},
    readWeights: async () => weights,
    writeWeights: (given) => {
      weights = [...given];
    },
  });
  let epoch = first;
  for (; epoch < first + values.length && stopped === null; epoch++) {
    weights = weightsOf(epoch);
    const value = values[epoch - first];
    const logs = { loss: 1, accuracy: 0, ...(value !== undefined && { [monitor]: value }) };
    await callback.onEpochEnd?.(logs, controlsAt(epoch));
  }
  await callback.onTrainEnd?.(controlsAt(epoch - 1));
  return { stopped, message, weights: weights[0]!.values[0] };
};

describe('earlyStopping', () => {
  for (const { monitor, values, options, expected } of reference.earlyStopping) {
    test(`stops and restores where Keras does: ${monitor} ${values}, ${JSON.stringify(options)}`, async () => {
      const watched = monitor as Monitor & string;
      const callback = earlyStopping({
        monitor: watched,
        patience: options.patience,
        minDelta: options.min_delta ?? 0,
        restoreBestWeights: options.restore_best_weights ?? false,
      });
      const { stopped, weights } = await play(
        callback,
        watched,
        values.map((value) => value ?? Number.NaN),
      );
      expect({ stopped, weights }).toEqual(expected);
    });
  }

  const options = { monitor: 'val_loss', minDelta: 0, patience: 2, restoreBestWeights: true } as const;

  test('says since when', async () => {
    expect(await play(earlyStopping(options), 'val_loss', [3, 2, 2, 2])).toEqual({
      stopped: 4,
      message: 'val_loss has not improved since epoch 2',
      weights: 2,
    });
  });

  test('does nothing in epochs without the metric, as Keras', async () => {
    const missing = [undefined, undefined, undefined, undefined];
    const { stopped } = await play(earlyStopping({ ...options, patience: 0 }), 'val_loss', missing);
    expect(stopped).toBeNull();
  });

  test('is not stopped by a first value that is NaN, unlike Keras', async () => {
    const values = [Number.NaN, 2, 1, 1, 1];
    expect(await play(earlyStopping(options), 'val_loss', values)).toMatchObject({ stopped: 5, weights: 3 });
  });

  test('its state, through JSON, is all that it remembers', async () => {
    const values = [3, 2, 2.5, 2.25];
    for (let epochs = 1; epochs < values.length; epochs++) {
      const before = earlyStopping(options);
      for (let epoch = 1; epoch <= epochs; epoch++) {
        await play(before, 'val_loss', [values[epoch - 1]], epoch);
      }
      const { data, arrays } = before.readState!();
      const after = earlyStopping(options);
      after.writeState!({ data: JSON.parse(JSON.stringify(data)), ...(arrays && { arrays }) });
      expect(await play(after, 'val_loss', values.slice(epochs), epochs + 1)).toMatchObject({
        stopped: 4,
        weights: 2,
      });
    }
  });
});
