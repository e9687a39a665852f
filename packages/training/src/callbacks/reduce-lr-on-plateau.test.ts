import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/reference.json' with { type: 'json' };
import { type Callback, type Monitor, reduceLROnPlateau, type TrainingControls } from '../index.ts';

/** The learning rate after each epoch of given values, from 1. */
const play = (callback: Callback, monitor: Monitor, values: readonly (number | undefined)[], from = 1) => {
  let learningRate = from;
  return values.map((value, i) => {
    const controls: TrainingControls = {
      epoch: i + 1,
      learningRate,
      scaleLearningRate: (factor) => {
        learningRate *= factor;
      },
      stop: () => {},
      saveBest: async () => {},
      readWeights: async () => [],
      writeWeights: () => {},
    };
    void callback.onEpochEnd?.(
      { loss: 1, accuracy: 0, ...(value !== undefined && { [monitor]: value }) },
      controls,
    );
    return learningRate;
  });
};
const close = (rates: readonly number[]) => rates.map((rate) => expect.closeTo(rate, 8));

describe('reduceLROnPlateau', () => {
  for (const { monitor, values, options, expected } of reference.reduceLROnPlateau) {
    test(`decides as Keras: ${monitor} ${values}, ${JSON.stringify(options)}`, () => {
      const watched = monitor as Monitor & string;
      const callback = reduceLROnPlateau({
        monitor: watched,
        factor: options.factor,
        patience: options.patience,
        minDelta: options.min_delta ?? 1e-4,
        cooldown: options.cooldown ?? 0,
        minLearningRate: options.min_lr ?? 0,
      });
      const scripted = values.map((value) => value ?? Number.NaN);
      expect(play(callback, watched, scripted)).toEqual(close(expected));
    });
  }

  const options = {
    monitor: 'val_loss',
    factor: 0.5,
    patience: 1,
    minDelta: 1e-4,
    cooldown: 2,
    minLearningRate: 0,
  } as const;

  test('does nothing in epochs without the metric, as Keras', () => {
    const missing = [undefined, undefined, undefined];
    expect(play(reduceLROnPlateau(options), 'val_loss', missing)).toEqual([1, 1, 1]);
  });

  test('its state, through JSON, is all that it remembers', () => {
    const values = [3, 3, 3, 3, 3, 2, 2, 2];
    const whole = play(reduceLROnPlateau(options), 'val_loss', values);
    expect(whole).toEqual([1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125]);
    for (let epochs = 1; epochs < values.length; epochs++) {
      const before = reduceLROnPlateau(options);
      const rates = play(before, 'val_loss', values.slice(0, epochs));
      const after = reduceLROnPlateau(options);
      after.writeState!(JSON.parse(JSON.stringify(before.readState!())));
      expect([...rates, ...play(after, 'val_loss', values.slice(epochs), rates.at(-1))]).toEqual(whole);
    }
  });
});
