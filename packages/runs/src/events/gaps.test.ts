import type { RunEvent } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import { parseEventLog } from './event-log.ts';
import { createGapFinder, type EventGaps, gapsInWords, type ReachedProgress } from './gaps.ts';

const STEPS = 4;
const time = 0;

const stepEvent = (step: number): RunEvent => ({
  kind: 'step',
  time,
  epoch: Math.ceil(step / STEPS),
  step,
  stepInEpoch: ((step - 1) % STEPS) + 1,
  stepsPerEpoch: STEPS,
  loss: 1,
  learningRate: 0.1,
  imagesPerSecond: 1,
});
const epochEvent = (epoch: number): RunEvent => ({
  kind: 'epoch',
  time,
  epoch,
  step: epoch * STEPS,
  logs: { loss: 1 },
  learningRate: 0.1,
  seconds: 1,
});
const checkpointAfter = (step: number): RunEvent => ({
  kind: 'checkpoint',
  time,
  name: 'last',
  epoch: Math.floor(step / STEPS),
  step,
});
const started: RunEvent = { kind: 'run-started', time, epochs: 6, stepsPerEpoch: STEPS };
const resumedAfter = (step: number): RunEvent => ({
  kind: 'run-resumed',
  time,
  epoch: Math.floor(step / STEPS),
  step,
});

/** Events of the steps after one up to another, with the ends of epochs. */
const trained = (from: number, to: number): RunEvent[] =>
  Array.from({ length: to - from }, (_, i) => from + 1 + i).flatMap((step) => {
    const isEnd = step % STEPS === 0;
    return [stepEvent(step), ...(isEnd ? [epochEvent(step / STEPS), checkpointAfter(step)] : [])];
  });

const whole: RunEvent[] = [
  started,
  ...trained(0, 6 * STEPS),
  { kind: 'run-ended', time, reason: 'completed', epoch: 6, step: 6 * STEPS, message: '' },
];

/** Without the events that are of these epochs or steps. */
const without = (epochs: readonly number[], steps: readonly number[] = []): RunEvent[] =>
  whole.filter(
    (event) =>
      !(event.kind === 'epoch' && epochs.includes(event.epoch)) &&
      !(event.kind === 'step' && steps.includes(event.step)),
  );

const gapsOf = (events: readonly RunEvent[], reached?: ReachedProgress): EventGaps | undefined => {
  const { gaps } = parseEventLog(events.map((event) => `${JSON.stringify(event)}\n`).join(''), reached);
  const finder = createGapFinder();
  for (const event of events) finder.add(event);
  expect(finder.gaps(reached)).toEqual(gaps);
  return gaps;
};

describe('there is no gap in', () => {
  test.each<[string, RunEvent[], ReachedProgress?]>([
    ['nothing', []],
    ['a run that begins', [started]],
    ['a whole run', whole, { epoch: 6, step: 24 }],
    ['a run in training', [started, ...trained(0, 10)], { epoch: 2, step: 8 }],
    ['a run that was resumed', [started, ...trained(0, 10), resumedAfter(8), ...trained(8, 24)]],
    [
      'one that was resumed twice from one place',
      [started, ...trained(0, 6), resumedAfter(4), ...trained(4, 9), resumedAfter(4), ...trained(4, 12)],
    ],
    [
      'one that was killed before its first checkpoint, and began again',
      [started, ...trained(0, 3), started, ...trained(0, 8)],
    ],
    ['epochs without steps', whole.filter(({ kind }) => kind !== 'step')],
  ])('%s', (_, events, reached) => {
    expect(gapsOf(events, reached)).toBeUndefined();
  });
});

describe('lines that were lost are found:', () => {
  test.each<[string, RunEvent[], ReachedProgress | undefined, EventGaps, string]>([
    [
      'epochs in the middle',
      without([3, 4]),
      undefined,
      { epochs: [[3, 4]], steps: [] },
      'events.jsonl lacks epochs 3 to 4: what is said of epochs is of the others',
    ],
    [
      'the first epoch and the last, which the end of the run knows',
      without([1, 6]),
      undefined,
      {
        epochs: [
          [1, 1],
          [6, 6],
        ],
        steps: [],
      },
      'events.jsonl lacks epochs 1, 6: what is said of epochs is of the others',
    ],
    ['one step', without([], [7]), undefined, { epochs: [], steps: [[7, 7]] }, 'events.jsonl lacks step 7'],
    [
      'an epoch with its steps',
      without([2], [5, 6, 7, 8]),
      undefined,
      { epochs: [[2, 2]], steps: [[5, 8]] },
      'events.jsonl lacks epoch 2 and steps 5 to 8: what is said of epochs is of the others',
    ],
    [
      'everything after a line, which a checkpoint knows',
      whole.slice(0, 9),
      { epoch: 6, step: 24 },
      { epochs: [[2, 6]], steps: [[7, 24]] },
      'events.jsonl lacks epochs 2 to 6 and steps 7 to 24: what is said of epochs is of the others',
    ],
    [
      'everything before a resumption',
      [resumedAfter(8), ...trained(8, 12)],
      undefined,
      { epochs: [[1, 2]], steps: [[1, 8]] },
      'events.jsonl lacks epochs 1 to 2 and steps 1 to 8: what is said of epochs is of the others',
    ],
    [
      'all of them, which a checkpoint knows',
      [],
      { epoch: 1, step: 4 },
      { epochs: [[1, 1]], steps: [] },
      'events.jsonl lacks epoch 1: what is said of epochs is of the others',
    ],
    [
      'steps after the last epoch',
      [started, ...trained(0, 6), checkpointAfter(7)],
      undefined,
      { epochs: [], steps: [[7, 7]] },
      'events.jsonl lacks step 7',
    ],
    [
      'of what a resumed run trained again',
      [started, ...trained(0, 10), resumedAfter(8), ...trained(8, 24).slice(1)],
      undefined,
      { epochs: [], steps: [[9, 9]] },
      'events.jsonl lacks step 9',
    ],
    [
      'many',
      without([], [2, 4, 6, 8, 10, 11]),
      undefined,
      {
        epochs: [],
        steps: [
          [2, 2],
          [4, 4],
          [6, 6],
          [8, 8],
          [10, 11],
        ],
      },
      'events.jsonl lacks steps 2, 4, 6, 8 (2 more)',
    ],
  ])('%s', (_, events, reached, gaps, words) => {
    expect(gapsOf(events, reached)).toEqual(gaps);
    expect(gapsInWords(gaps)).toBe(words);
  });
});

test('each line of steps or epochs that is lost from a whole run is found, and named', () => {
  for (const [i, event] of whole.entries()) {
    const gaps = gapsOf(whole.toSpliced(i, 1));
    const range = (number: number) => [[number, number]];
    if (event.kind === 'step') expect(gaps).toEqual({ epochs: [], steps: range(event.step) });
    else if (event.kind === 'epoch') expect(gaps).toEqual({ epochs: range(event.epoch), steps: [] });
    else expect(gaps).toBeUndefined();
  }
});

test('lines in another order are none that were lost', () => {
  const [first, ...others] = trained(0, 8);
  expect(gapsOf([started, ...others, first!])).toBeUndefined();
});
