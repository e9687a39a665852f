import type { RunEvent } from '@dropout-lab/contracts';
import { readHistory } from '@dropout-lab/runs';
import { describe, expect, test } from 'vitest';
import { epochEvent, started, stepEvent } from '../testing/runs.ts';
import { type KeptEvents, keepEvents } from './kept-events.ts';

const lineOf = (event: RunEvent): string => JSON.stringify(event);

/** Keeps the epochs from one to another, a hundred at a time, as a log is read. */
const take = (kept: KeptEvents, from: number, to: number, epochOf: (epoch: number) => RunEvent): void => {
  let fresh: RunEvent[] = [];
  for (let epoch = from; epoch <= to; epoch++) {
    const event = kept.takeEpoch(lineOf(epochOf(epoch)));
    if (event !== undefined && event !== 'left out') fresh.push(event);
    if (epoch % 100 !== 0 && epoch !== to) continue;
    kept.add(fresh);
    fresh = [];
  }
};

const EPOCHS = 60_000;
const BEST = 12_345;
const LOWEST = 50_001;

/** An epoch of a run whose metrics have two peaks. */
const epochOf = (epoch: number): RunEvent =>
  epochEvent(epoch, {
    val_accuracy: epoch === BEST ? 0.9 : 0.5,
    val_loss: epoch === LOWEST ? 0.1 : 1 + 1 / epoch,
  });

test('of a log as runs have, every epoch is kept', () => {
  const kept = keepEvents();
  kept.add([started]);
  take(kept, 1, 2000, epochOf);
  expect(kept.isThinned).toBe(false);
  expect(kept.events).toHaveLength(2001);
});

describe('of more epochs than a chart shows', () => {
  const kept = keepEvents();
  kept.add([started]);
  take(kept, 1, EPOCHS, epochOf);
  kept.add([stepEvent(EPOCHS + 1, 7)]);
  const rows = readHistory(kept.events);

  test('some thousands are kept, evenly spaced, in their order, and all events of other kinds', () => {
    expect(kept.isThinned).toBe(true);
    expect(rows.length).toBeGreaterThan(5000);
    expect(rows.length).toBeLessThan(20_000);
    const numbers = rows.map(({ epoch }) => epoch);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    const spaces = numbers.slice(1).map((epoch, i) => epoch - numbers[i]!);
    expect(Math.max(...spaces)).toBe(numbers[0]);
    expect(kept.events.map(({ kind }) => kind).filter((kind) => kind !== 'epoch')).toEqual([
      'warning',
      'run-started',
      'step',
    ]);
  });

  test('the best ones and the last are among them', () => {
    const epochs = new Set(rows.map(({ epoch }) => epoch));
    expect([BEST, LOWEST, EPOCHS].filter((epoch) => !epochs.has(epoch))).toEqual([]);
  });

  test('their seconds are those of all', () => {
    const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
    // Those of the best ones are counted twice.
    expect(seconds).toBeGreaterThanOrEqual(20 * EPOCHS);
    expect(seconds).toBeLessThanOrEqual(20 * (EPOCHS + 3));
  });

  test('a warning says so', () => {
    expect(kept.events[0]).toMatchObject({
      kind: 'warning',
      message: expect.stringMatching(/^events\.jsonl has 60000 epochs: of \d+ one is shown, besides/),
    });
  });

  test('one that a resumption voids is not the best', () => {
    const resumed = keepEvents();
    take(resumed, 1, EPOCHS, epochOf);
    const { step } = epochOf(20_000) as Extract<RunEvent, { kind: 'epoch' }>;
    resumed.add([{ kind: 'run-resumed', time: 0, epoch: 20_001, step }]);
    const epochs = new Set(readHistory(resumed.events).map(({ epoch }) => epoch));
    expect([epochs.has(BEST), epochs.has(LOWEST), epochs.has(EPOCHS)]).toEqual([true, false, false]);
  });

  test.each([
    '{"kind":"epoch"}',
    '{"kind":"epoch","step":1',
    '{"kind":"epoch","step":1,"seconds":1,"logs":[]}',
  ])('%s is none', (line) => {
    expect(kept.takeEpoch(line)).toBeUndefined();
  });
});
