import { expect, test } from 'vitest';
import { epochEvent, manifestOf, started, stepEvent } from '../../testing/runs.ts';
import { newLiveRun, pointsOfSteps, withLiveEvents } from './live-run.ts';

test('keeps the steps of the epoch that is not over', () => {
  const begun = withLiveEvents(newLiveRun('with', manifestOf('a')), [
    started,
    stepEvent(1, 1),
    stepEvent(1, 2),
  ]);
  expect(begun.steps.map(({ stepInEpoch }) => stepInEpoch)).toEqual([1, 2]);
  const next = withLiveEvents(begun, [stepEvent(1, 3), epochEvent(1), stepEvent(2, 1)]);
  expect(next.steps.map(({ epoch, stepInEpoch }) => [epoch, stepInEpoch])).toEqual([[2, 1]]);
  expect(withLiveEvents(next, [stepEvent(2, 2)]).steps).toHaveLength(2);
  expect(next.digest.events.map(({ kind }) => kind)).toEqual(['run-started', 'epoch', 'step']);
});

test('points of steps are parts of epochs, the last one among them, and not more than can be distinguished', () => {
  const steps = Array.from({ length: 160 }, (_, i) => {
    const event = stepEvent(2, i + 1);
    if (event.kind !== 'step') throw new Error('no step');
    return event;
  });
  const points = pointsOfSteps(steps, 'loss');
  expect(points).toHaveLength(40);
  expect(points[0]).toEqual({ x: 1 + 4 / 160, y: 1.5, raw: 1.5 });
  expect(points.at(-1)!.x).toBe(2);
  expect(pointsOfSteps(steps.slice(0, 3), 'accuracy').map(({ y }) => y)).toEqual([0.4, 0.4, 0.4]);
  expect(pointsOfSteps([{ ...steps[0]!, loss: Number.NaN }], 'loss')).toEqual([]);
});
