import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { buildChild } from '../../../../scripts/build-child.ts';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { TrainingError } from '../index.ts';
import { abandon, createExchangeMemory, exchangeOf, type SliceGroup } from './slice-exchange.ts';
import { useChild } from './workers.testing.ts';

const startChild = useChild('slice-exchange.child');

const groupOf = (threads: number, timeoutSeconds = 60, slices = threads): SliceGroup => ({
  memory: createExchangeMemory(slices, 2),
  threads,
  slices,
  first: 0,
  timeoutSeconds,
});

describe('an exchange', () => {
  test.each([
    ['2 threads, twenty thousand times', [1, 1], 20_000, false],
    ['3 threads, twenty thousand times', [1, 1, 1], 20_000, false],
    ['3 threads with 8 slices', [2, 3, 3], 2000, false],
    // As the last slice of an exchange does when its notification is late.
    ['2 threads, one of which wakes the other too early', [1, 1], 100, true],
  ])('of %s, is of the same numbers for all', async (_, counts, exchanges, isLate) => {
    const slices = counts.reduce((sum, count) => sum + count);
    const group = groupOf(counts.length, 60, slices);
    const [ownCount, ...others] = counts;
    const found = others.map((own, i) => {
      const first = counts.slice(0, i + 1).reduce((sum, count) => sum + count);
      return once(startChild({ group: { ...group, first }, own, exchanges, isLate }), 'message');
    });
    const exchange = exchangeOf(group);
    for (let made = 0; made < exchanges; made++) {
      const all = exchange(Array.from({ length: ownCount! }, (_, slice) => Float64Array.of(slice, made)));
      if (all.length !== slices || all.some(([slice, of], i) => slice !== i || of !== made)) {
        throw new Error(`exchange ${made}`);
      }
    }
    expect(await Promise.all(found)).toEqual(found.map(() => [undefined]));
  });

  test('at which another slice does not arrive ends with an error after the timeout', () => {
    expect(() => exchangeOf(groupOf(2, 0.01))([Float64Array.of(1)])).toThrow(TrainingError);
  });

  test.runIf(process.platform !== 'win32')(
    'waits out a suspension of its process that is longer than the timeout',
    async () => {
      const program = await buildChild(new URL('suspended.child.ts', import.meta.url), temporaryFolder());
      const child = spawn(process.execPath, [program, '2'], { stdio: ['pipe', 'pipe', 'inherit'] });
      const said: string[] = [];
      child.stdout.on('data', (text) => said.push(`${text}`));
      const ended = once(child, 'close');
      await once(child.stdout, 'data');
      child.kill('SIGSTOP');
      await setTimeout(3000);
      child.stdin.end('.');
      child.kill('SIGCONT');
      await ended;
      expect(said.join('')).toBe('waits\n3,4\n');
    },
  );

  test('of an abandoned batch ends at once, also for a slice that arrives later', () => {
    const group = groupOf(2);
    abandon(group.memory);
    expect(() => exchangeOf(group)([Float64Array.of(1)])).toThrow('another slice of the batch was abandoned');
  });
});
