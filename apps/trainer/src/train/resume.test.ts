import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGenerator, randomKey } from '@dropout-lab/random';
import { encodeManifest, readHistory, runStatus } from '@dropout-lab/runs';
import { openRunDirectory } from '@dropout-lab/runs/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, checkpointDigests, runCli, writeSmallRun } from '../command/testing.ts';

const STEPS = 2 * 32;

let folder: string;
let config: string;
/** Digests and history of the run that nothing interrupted. */
let expected: { digests: string[]; history: object[]; csv: string };

const outcome = async (run: string): Promise<typeof expected> => {
  const { events } = await (await openRunDirectory(run)).readEvents();
  expect(runStatus(events)).toBe('completed');
  return {
    digests: await checkpointDigests(run),
    // Seconds are the one thing that may differ.
    history: readHistory(events).map(({ seconds, ...metrics }) => metrics),
    csv: await readFile(join(run, 'history.csv'), 'utf8'),
  };
};

const start = (run: string, workers: number, file = config): string[] => [
  ...['train', '--config', file, '--backend', 'wasm', '--workers', `${workers}`],
  ...['--run-dir', run, '--json'],
];

beforeAll(async () => {
  folder = temporaryFolder();
  config = await writeSmallRun(folder);
  const run = join(folder, 'uninterrupted');
  expect((await runCli(start(run, 2), { cwd: folder })).code).toBe(0);
  expected = await outcome(run);
});

describe('a run that is stopped and resumed ends as one that is not, to the bit', () => {
  test('killed with SIGKILL at twelve random moments', { timeout: 180_000 }, async () => {
    const random = createGenerator(randomKey(2026));
    const run = join(folder, 'killed');
    let kills = 0;
    for (let attempt = 0; kills < 12; attempt++) {
      expect(attempt).toBeLessThan(40);
      // Lines are events. A kill a little later may fall into a checkpoint, a validation or the next step.
      const signal = {
        name: 'SIGKILL',
        afterLine: 1 + random.nextInt(12),
        delayMs: random.nextInt(25),
      } as const;
      const args = attempt === 0 ? start(run, 2) : ['train', '--resume', run, '--json'];
      const { code, stderr } = await runCli(args, { cwd: folder, signal });
      if (code === null) kills++;
      else expect({ code, stderr }).toEqual({ code: 0, stderr: expect.anything() });
      if (code === 0) break;
    }
    expect(kills).toBeGreaterThanOrEqual(10);
    const { code } = await runCli(['train', '--resume', run], { cwd: folder });
    expect(code).toBe(0);
    expect(await outcome(run)).toEqual(expected);
  });

  test('interrupted with Ctrl-C', async () => {
    const run = join(folder, 'interrupted');
    const signal = { name: 'SIGINT', afterLine: 20, delayMs: 0 } as const;
    const stopped = await runCli(start(run, 2), { cwd: folder, signal });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain(`train --resume ${run}`);
    const last = JSON.parse(stopped.stdout.split('\n').at(-1)!);
    expect(last).toMatchObject({ kind: 'run-ended', reason: 'interrupted' });
    expect(last.step).toBeLessThan(STEPS);

    const resumed = await runCli(['train', '--resume', run, '--json'], { cwd: folder });
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout.split('\n')[0]!)).toMatchObject({
      kind: 'run-resumed',
      step: last.step,
    });
    expect(await outcome(run)).toEqual(expected);
  });

  test('interrupted on one thread in the first epoch, which is long', async () => {
    const longer = { epochs: 1, limitTrain: 5000, checkpointEverySteps: null };
    const long = await writeSmallRun(folder, longer, 'long.json');
    const whole = join(folder, 'long');
    expect((await runCli(start(whole, 1, long), { cwd: folder })).code).toBe(0);

    const run = join(folder, 'long-interrupted');
    const signal = { name: 'SIGINT', afterLine: 5, delayMs: 0 } as const;
    const stopped = await runCli(start(run, 1, long), { cwd: folder, signal });
    expect([stopped.code, stopped.stderr]).toEqual([
      130,
      expect.stringMatching(/^Stopped: interrupted in epoch 1 after \d+ of 160 steps$/m),
    ]);
    expect((await runCli(['train', '--resume', run], { cwd: folder })).code).toBe(0);
    expect(await outcome(run)).toEqual(await outcome(whole));
  });

  test('interrupted on two threads, then on one and on three', async () => {
    const run = join(folder, 'other-threads');
    const signal = { name: 'SIGINT', afterLine: 14, delayMs: 0 } as const;
    expect((await runCli(start(run, 2), { cwd: folder, signal })).code).toBe(130);
    const onOne = ['train', '--resume', run, '--workers', '1', '--json'];
    expect((await runCli(onOne, { cwd: folder, signal })).code).toBe(130);
    const onThree = ['train', '--resume', run, '--workers', '3'];
    const ended = await runCli(onThree, { cwd: folder });
    expect(ended.stdout).toMatch(/, 3 threads$/m);
    expect(ended.code).toBe(0);
    expect(await outcome(run)).toEqual(expected);

    const reader = await openRunDirectory(run);
    expect(reader.manifest.backend.workers).toBe(2);
    const { events } = await reader.readEvents();
    expect(events.flatMap((event) => (event.kind === 'run-resumed' ? [event.workers] : []))).toEqual([1, 3]);
  });

  test('on one thread the metrics are those of two, to the bit', async () => {
    const run = join(folder, 'one-thread');
    expect((await runCli(start(run, 1), { cwd: folder })).code).toBe(0);
    expect((await outcome(run)).history).toEqual(expected.history);
  });
});

describe('what cannot be resumed is refused', () => {
  test('a run that is complete', async () => {
    const { code, stderr } = await callCli(['train', '--resume', join(folder, 'uninterrupted')], {
      cwd: folder,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/expected a run with training left to do, but this one has ended \(completed\)/);
  });

  test('a run that is resumed with another configuration', async () => {
    const { code, stderr } = await callCli(['train', '--resume', 'x', '--seed', '3'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/'--seed' cannot be used with --resume/);
  });

  test('a run on another number of threads, where its numbers depend on that', async () => {
    const run = join(folder, 'native');
    await cp(join(folder, 'uninterrupted'), run, { recursive: true });
    const { manifest } = await openRunDirectory(run);
    const backend = { ...manifest.backend, name: 'tensorflow', description: 'tfjs-node 4.22.0' };
    await writeFile(join(run, 'run.json'), await encodeManifest({ ...manifest, backend }));
    const { code, stderr } = await callCli(['train', '--resume', run, '--workers', '3'], { cwd: folder });
    expect([code, stderr]).toEqual([
      2,
      `dropout-lab: --resume ${run} --workers: expected 2, as the run began with, since on tfjs-node 4.22.0 its numbers depend on it, received 3: leave --workers out\n`,
    ]);
  });

  test('a folder that is no run', async () => {
    const { code, stderr } = await callCli(['train', '--resume', folder], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/run\.json/);
  });
});
