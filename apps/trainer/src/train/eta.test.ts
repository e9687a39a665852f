import type { RunEvent } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { createEta } from './eta.ts';

const step = (epoch: number, stepInEpoch: number, time: number): RunEvent => ({
  kind: 'step',
  time,
  epoch,
  step: (epoch - 1) * 10 + stepInEpoch,
  stepInEpoch,
  stepsPerEpoch: 10,
  loss: 1,
  accuracy: 0.5,
  learningRate: 0.001,
  imagesPerSecond: 100,
});

test('a run that ends within an epoch has the steps up to there left', () => {
  const estimate = createEta(2, 14);
  estimate(step(1, 1, 0));
  expect(estimate(step(1, 2, 2000))).toBeCloseTo(12 * 2);
});

test('the estimate counts the steps that are left, and validation once it has been seen', () => {
  const estimate = createEta(2);
  expect(estimate(step(1, 1, 0)), 'one step has a beginning that nobody has seen').toBeUndefined();
  // Steps of 2 s: 8 left in this epoch, 10 in the next.
  expect(estimate(step(1, 2, 2000))).toBeCloseTo(36);
  for (let i = 3; i <= 10; i++) estimate(step(1, i, 2000 * (i - 1)));
  estimate({ kind: 'validating', time: 18_000, epoch: 1 });
  estimate({
    kind: 'epoch',
    time: 23_000,
    epoch: 1,
    step: 10,
    logs: { loss: 1, accuracy: 0.5 },
    learningRate: 0.001,
    seconds: 23,
  });
  estimate(step(2, 1, 30_000));
  // The pause between epochs is no step: still 2 s each, 8 of them, and a validation of 5 s.
  expect(estimate(step(2, 2, 32_000))).toBeCloseTo(8 * 2 + 5);
});
