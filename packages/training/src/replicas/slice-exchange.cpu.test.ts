import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { TrainingError } from '../index.ts';
import { abandon, createExchangeMemory, exchangeOf, type SliceGroup } from './slice-exchange.ts';
import { useChild } from './workers.testing.ts';

const startChild = useChild('slice-exchange.child');

const groupOf = (count: number, timeoutSeconds = 60): SliceGroup => ({
  memory: createExchangeMemory(count, 2),
  index: 0,
  count,
  timeoutSeconds,
});

describe('an exchange', () => {
  test.each([
    ['2 threads, twenty thousand times', 2, 20_000, false],
    ['3 threads, twenty thousand times', 3, 20_000, false],
    // As the last slice of an exchange does when its notification is late.
    ['2 threads, one of which wakes the other too early', 2, 100, true],
  ])('of %s, is of the same numbers for all', async (_, count, exchanges, isLate) => {
    const group = groupOf(count);
    const found = Array.from({ length: count - 1 }, (_, i) =>
      once(startChild({ group: { ...group, index: i + 1 }, exchanges, isLate }), 'message'),
    );
    const exchange = exchangeOf(group);
    for (let made = 0; made < exchanges; made++) {
      const all = exchange(Float64Array.of(0, made));
      if (all.some(([index, of], i) => index !== i || of !== made)) throw new Error(`exchange ${made}`);
    }
    expect(await Promise.all(found)).toEqual(found.map(() => [undefined]));
  });

  test('at which another slice does not arrive ends with an error after the timeout', () => {
    expect(() => exchangeOf(groupOf(2, 0.01))(Float64Array.of(1))).toThrow(TrainingError);
  });

  test('of an abandoned batch ends at once, also for a slice that arrives later', () => {
    const group = groupOf(2);
    abandon(group.memory);
    expect(() => exchangeOf(group)(Float64Array.of(1))).toThrow('another slice of the batch was abandoned');
  });
});
