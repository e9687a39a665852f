import type { RunEvent } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { readHistory, runStatus, withoutVoided } from './history.ts';

const started: RunEvent = { kind: 'run-started', time: 0, epochs: 3, stepsPerEpoch: 10 };
const resumedAt = (step: number): RunEvent => ({ kind: 'run-resumed', time: 0, epoch: 1, step });
const ended = (reason: 'completed' | 'interrupted'): RunEvent => ({
  kind: 'run-ended',
  time: 0,
  reason,
  epoch: 3,
  step: 30,
  message: '',
});
const epoch = (number: number, loss: number): RunEvent => ({
  kind: 'epoch',
  time: 0,
  epoch: number,
  step: 10 * number,
  logs: { loss, accuracy: 0.5 },
  learningRate: 0.001,
  seconds: 1,
});
const checkpoint = (step: number): RunEvent => ({
  kind: 'checkpoint',
  time: 0,
  name: 'last',
  epoch: 1,
  step,
});
const losses = (events: RunEvent[]) => readHistory(events).map((row) => [row.epoch, row.loss]);

test('a row for each epoch, under the names of Keras', () => {
  expect(readHistory([started, epoch(1, 2)])).toEqual([
    { epoch: 1, step: 10, loss: 2, accuracy: 0.5, learningRate: 0.001, seconds: 1 },
  ]);
});

test('a resumption voids what was said of later steps', () => {
  const events = [
    started,
    epoch(1, 2),
    checkpoint(10),
    epoch(2, 1.5),
    checkpoint(20),
    resumedAt(10),
    epoch(2, 1.4),
  ];
  expect(losses(events)).toEqual([
    [1, 2],
    [2, 1.4],
  ]);
  expect(withoutVoided(events)).toEqual([started, epoch(1, 2), checkpoint(10), resumedAt(10), epoch(2, 1.4)]);
});

test('a resumption in the middle of an epoch keeps the epochs before it', () => {
  expect(losses([started, epoch(1, 2), epoch(2, 1.5), resumedAt(15), resumedAt(15), epoch(2, 1.3)])).toEqual([
    [1, 2],
    [2, 1.3],
  ]);
});

test('a resumption from the beginning voids everything', () => {
  expect(losses([started, epoch(1, 2), resumedAt(0)])).toEqual([]);
});

test('an epoch that is reported again at the step resumed from counts once', () => {
  expect(losses([started, epoch(1, 2), resumedAt(10), epoch(1, 2), epoch(2, 1)])).toEqual([
    [1, 2],
    [2, 1],
  ]);
});

test('status is what the last beginning or end says', () => {
  expect(runStatus([])).toBe('created');
  expect(runStatus([started, epoch(1, 2)])).toBe('running');
  expect(runStatus([started, ended('interrupted')])).toBe('interrupted');
  expect(runStatus([started, ended('interrupted'), resumedAt(10)])).toBe('running');
  expect(runStatus([started, ended('interrupted'), resumedAt(10), ended('completed')])).toBe('completed');
  expect(
    runStatus([
      started,
      ended('completed'),
      { kind: 'evaluated', time: 0, split: 'test', loss: 1, accuracy: 1 },
    ]),
  ).toBe('completed');
});
