import { describe, expect, test } from 'vitest';
import { parseRunEvent, type RunEvent, trainingProgressSchema } from '../index.ts';

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const epoch: RunEvent = {
  kind: 'epoch',
  time: 1_764_000_000_000,
  epoch: 2,
  step: 320,
  logs: { loss: 1.5, accuracy: 0.4, val_loss: 1.25, val_accuracy: 0.5 },
  learningRate: 0.001,
  seconds: 12.5,
};

describe('parseRunEvent', () => {
  test('reads back an event', () => {
    expect(parseRunEvent(throughJson(epoch))).toEqual(epoch);
  });

  test('a NaN loss goes through JSON as null and comes back as NaN', () => {
    const diverged = {
      ...epoch,
      logs: { ...epoch.logs, loss: Number.NaN, val_loss: Number.POSITIVE_INFINITY },
    };
    expect(JSON.stringify(diverged)).toContain('"loss":null');
    expect(parseRunEvent(throughJson(diverged))).toEqual({
      ...epoch,
      logs: { ...epoch.logs, loss: Number.NaN, val_loss: Number.NaN },
    });
  });

  test('absent validation metrics stay absent', () => {
    const logs = { loss: 1.5, accuracy: 0.4 };
    expect(parseRunEvent(throughJson({ ...epoch, logs }))).toEqual({ ...epoch, logs });
  });

  test('kinds of a later version, and values that are no event, are ignored', () => {
    for (const value of [{ kind: 'telepathy', time: 1 }, { ...epoch, epoch: -1 }, null, 3, 'epoch', [], {}]) {
      expect(parseRunEvent(value)).toBeUndefined();
    }
  });
});

test('the progress of a diverged run can be read back', () => {
  const progress = {
    epoch: 0,
    stepInEpoch: 3,
    step: 3,
    running: { lossSum: Number.NaN, correct: 70, count: 750 },
    learningRate: 0.001,
    learningRateScale: 1,
    epochSeconds: 2.5,
    callbacks: { early_stopping: { wait: 1 } },
  };
  expect(trainingProgressSchema.parse(throughJson(progress))).toEqual(progress);
});
