import type { RunEvent } from '@dropout-lab/contracts';
import { readHistory } from '@dropout-lab/runs';
import { describe, expect, test, vi } from 'vitest';
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
    '{"kind":"epoch","time":1,"epoch":1,"step":1,"logs":{"loss":1},"learningRate":1,"seconds":1..2}',
    '{"kind":"epoch","time":1,"epoch":1,"step":-,"logs":{"loss":1},"learningRate":1,"seconds":1}',
  ])('%s is none', (line) => {
    expect(kept.takeEpoch(line)).toBeUndefined();
  });

  test('one that is left out is not parsed, since that takes most of the time of a long log', () => {
    const parse = vi.spyOn(JSON, 'parse');
    const before = readHistory(kept.events).length;
    parse.mockClear();
    take(kept, EPOCHS + 1, EPOCHS + 1000, epochOf);
    const parsed = parse.mock.calls.length;
    parse.mockRestore();
    expect(parsed).toBeGreaterThan(0);
    expect(parsed).toBeLessThanOrEqual(readHistory(kept.events).length - before + 3);
  });

  test.each<[string, (epoch: string) => string]>([
    ['as it is written', (epoch) => epoch],
    ['with spaces', (epoch) => epoch.replaceAll(':', ': ')],
    ['with its keys in another order', (epoch) => JSON.stringify({ kind: 'epoch', ...reversed(epoch) })],
    ['with metrics in another order', (epoch) => epoch.replace(/"logs":\{(.*?)\}/, reversedLogs)],
    ['with a metric that has a brace', (epoch) => epoch.replace('"logs":{', '"logs":{"a}b":1,')],
    ['with a metric that has a quote', (epoch) => epoch.replace('"logs":{', '"logs":{"a\\"val_loss":-9,')],
    ['with a metric that ends alike', (epoch) => epoch.replace('"logs":{', '"logs":{"my_val_loss":-9,')],
    ['with one that is not known', (epoch) => epoch.replace('"logs":{', '"logs":{"top_5":null,')],
    ['with one more key', (epoch) => epoch.replace('"seconds"', '"more":{"val_loss":-9},"seconds"')],
    ['with exponents', (epoch) => epoch.replace('"val_accuracy":0.99', '"val_accuracy":99e-2')],
  ])('the best one is found %s', (_, written) => {
    const other = keepEvents();
    take(other, 1, EPOCHS, epochOf);
    const peak = lineOf(epochEvent(EPOCHS + 1, { val_accuracy: 0.99, val_loss: 1e-3 }));
    expect(other.takeEpoch(written(peak))).toBeDefined();
    take(other, EPOCHS + 2, EPOCHS + 100, epochOf);
    const history = readHistory(other.events);
    expect(history.find(({ val_accuracy }) => val_accuracy === 0.99)?.epoch).toBe(EPOCHS + 1);
    expect(history.find(({ val_loss }) => val_loss === 1e-3)?.epoch).toBe(EPOCHS + 1);
    expect(Math.min(...history.map(({ val_loss }) => val_loss ?? 9))).toBe(1e-3);
  });
});

const reversed = (line: string): object =>
  Object.fromEntries(Object.entries(JSON.parse(line) as object).toReversed());

const reversedLogs = (_: string, logs: string): string =>
  `"logs":{${logs.split(',').toReversed().join(',')}}`;
