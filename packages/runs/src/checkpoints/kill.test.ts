import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGenerator, randomKey } from '@dropout-lab/random';
import { beforeAll, expect, test } from 'vitest';
import { buildChild } from '../../../../scripts/build-child.ts';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { RunLockedError } from '../errors.ts';
import { isUnfinished } from '../files/unfinished.ts';
import { createRunDirectory, openRunDirectory, resumeRunDirectory } from '../run-directory.ts';
import { checkpointAt, manifest } from '../testing.ts';

let writer: string;

beforeAll(async () => {
  writer = await buildChild(new URL('checkpoint-writer.child.ts', import.meta.url), temporaryFolder());
});

const newRun = async (): Promise<string> => {
  const run = await createRunDirectory(join(temporaryFolder(), 'a'), manifest);
  await run.close();
  return run.path;
};

const start = (command: string, path: string): ChildProcess =>
  spawn(process.execPath, [writer, command, path], { stdio: ['ignore', 'pipe', 'inherit'] });

const firstLine = async (child: ChildProcess): Promise<string> => {
  const [line] = await once(createInterface({ input: child.stdout! }), 'line');
  return line;
};

const kill = async (child: ChildProcess): Promise<void> => {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};

test('killed at random moments while it writes checkpoints, a run always has a good one and goes on from it', async () => {
  const path = await newRun();
  const generator = createGenerator(randomKey(2019));
  let step = 0;
  for (let round = 0; round < 12; round++) {
    const child = start('save', path);
    expect(await firstLine(child)).toBe(`saved ${step + 1}`);
    await sleep(generator.nextFloat() * 60);
    await kill(child);

    const reader = await openRunDirectory(path);
    const checkpoint = await reader.loadCheckpoint('last');
    const saved = checkpoint.snapshot.progress.step;
    expect(checkpoint).toEqual(checkpointAt(saved));
    // Only the one being saved may be missing from the events, and no event reports one that was not saved.
    const reported = (await reader.readEvents()).events.flatMap((event) =>
      event.kind === 'checkpoint' ? event.step : [],
    );
    expect([saved, saved - 1]).toContain(Math.max(...reported));
    expect(saved).toBeGreaterThan(step);

    const run = await resumeRunDirectory(path);
    expect(readdirSync(join(path, 'checkpoints'))).toEqual(['last']);
    await run.close();
    step = saved;
  }
});

test('killed at random moments while it makes runs, it leaves each of them whole or to be made again', async () => {
  const generator = createGenerator(randomKey(2020));
  for (let round = 0; round < 8; round++) {
    const folder = temporaryFolder();
    const child = start('create', folder);
    await firstLine(child);
    await sleep(generator.nextFloat() * 30);
    await kill(child);
    const names = readdirSync(folder);
    for (const name of names) if (!isUnfinished(name)) await openRunDirectory(join(folder, name));
    for (let number = 0; number <= names.length; number++) {
      const path = join(folder, `${number}`);
      const run = existsSync(path)
        ? await resumeRunDirectory(path)
        : await createRunDirectory(path, manifest);
      await run.close();
      expect(readdirSync(path)).toEqual(['checkpoints', 'events.jsonl', 'run.json']);
    }
  }
});

test('killed at random moments while it replaces a run, it leaves the one before or the new one', async () => {
  const generator = createGenerator(randomKey(2021));
  for (let round = 0; round < 8; round++) {
    const path = join(temporaryFolder(), 'a');
    const child = start('replace', path);
    let saved = 0;
    const lines = createInterface({ input: child.stdout! }).on('line', () => {
      saved++;
    });
    await once(lines, 'line');
    await sleep(generator.nextFloat() * 40);
    child.kill('SIGKILL');
    await once(lines, 'close');
    const { events } = await (await openRunDirectory(path)).readEvents();
    expect([saved, saved + 1]).toContain(events.length);
    const run = await resumeRunDirectory(path);
    expect((await run.readEvents()).events).toEqual(events);
    await run.close();
  }
});

test('a run that a living process writes cannot be resumed; once that is killed, it can', async () => {
  const path = await newRun();
  const child = start('open', path);
  await firstLine(child);
  expect((await openRunDirectory(path)).isBeingWritten()).toBe(true);
  await expect(resumeRunDirectory(path)).rejects.toThrow(RunLockedError);
  await expect(resumeRunDirectory(path)).rejects.toThrow(`process ${child.pid} on`);

  await kill(child);
  expect(existsSync(join(path, 'run.lock'))).toBe(true);
  expect((await openRunDirectory(path)).isBeingWritten()).toBe(false);
  await (await resumeRunDirectory(path)).close();
  expect(existsSync(join(path, 'run.lock'))).toBe(false);
});

test.runIf(process.platform === 'linux')(
  'out of room, it says so, keeps the last good checkpoint, and leaves no half of a file',
  async () => {
    const path = await newRun();
    // A limit on the size of files stands for a disk that is full halfway through one.
    const child = spawn(
      'sh',
      ['-c', 'ulimit -f 2048 && exec "$0" "$@"', process.execPath, writer, 'grow', path],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const lines: string[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(lines).toEqual([
      expect.stringMatching(
        /^RunDirectoryError: .*last: expected to write a checkpoint, but the system says "file too large" \(EFBIG\); an earlier one is kept/,
      ),
      expect.stringMatching(
        /^RunDirectoryError: .*predictions\.json: expected to write the run, but .*EFBIG/,
      ),
    ]);
    const reader = await openRunDirectory(path);
    expect(await reader.loadCheckpoint('last')).toEqual(checkpointAt(1));
    expect(readdirSync(join(path, 'checkpoints'))).toEqual(['last']);
    expect(readdirSync(path)).toEqual(['checkpoints', 'events.jsonl', 'run.json']);
  },
);

test.runIf(process.platform === 'linux')('out of room when it is resumed, a run is not locked', async () => {
  const path = await newRun();
  const child = spawn('sh', ['-c', 'ulimit -f 0 && exec "$0" "$@"', process.execPath, writer, 'open', path], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(errors).toMatch(/RunDirectoryError: .* expected to write the run, but .*EFBIG/);
  expect(readdirSync(path)).toEqual(['checkpoints', 'events.jsonl', 'run.json']);
  await (await resumeRunDirectory(path)).close();
});

test('a reader beside a writer always reads one whole checkpoint', async () => {
  const path = await newRun();
  const child = start('save', path);
  await firstLine(child);
  const reader = await openRunDirectory(path);
  for (let i = 0; i < 50; i++) {
    const checkpoint = await reader.loadCheckpoint('last');
    expect(checkpoint).toEqual(checkpointAt(checkpoint.snapshot.progress.step));
  }
  await kill(child);
});
