import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunEvent } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { decodeRun } from './decode-run.ts';
import { encodeRun, type RunContents } from './encode-run.ts';
import { CheckpointCorruptError, RunDirectoryError, RunExistsError, RunLockedError } from './errors.ts';
import { replacedName } from './files/unfinished.ts';
import { createRunDirectory, openRunDirectory, resumeRunDirectory } from './run-directory.ts';
import { checkpointAt, manifest } from './testing.ts';
import { loadRunDirectory, replaceRun, saveRunDirectory } from './whole-run.ts';

const events: RunEvent[] = [
  { kind: 'run-started', time: 0, epochs: 1, stepsPerEpoch: 2 },
  { kind: 'epoch', time: 1, epoch: 1, step: 2, logs: { loss: 0.5 }, learningRate: 0.1, seconds: 1 },
];
const contents: RunContents = {
  manifest,
  events,
  checkpoints: { last: checkpointAt(2), best: checkpointAt(1) },
  predictions: { labels: [0, 1], predicted: [1, 1], confidence: [0.5, 0.75] },
};
/** Without evaluation, predictions and checkpoints. */
const bare: RunContents = { manifest, events: [], checkpoints: {} };

test.each([
  ['all of it', contents],
  ['its beginning', bare],
])('a run is the same after it was encoded, and after it was saved: %s', async (_, run) => {
  expect(await decodeRun(await encodeRun(run), 'run')).toEqual(run);
  const path = join(temporaryFolder(), 'runs', 'a');
  await saveRunDirectory(path, run);
  expect(await loadRunDirectory(path)).toEqual(run);
});

test('files may all be bytes', async () => {
  const bytes = Object.entries(await encodeRun(contents)).map(([path, content]) => [
    path,
    typeof content === 'string' ? new TextEncoder().encode(content) : content,
  ]);
  expect(await decodeRun(Object.fromEntries(bytes), 'run')).toEqual(contents);
});

test('a damaged, an incomplete and a missing file are refused by name', async () => {
  const files = await encodeRun(contents);
  const decode = (changes: Record<string, string | Uint8Array>, without = '') => {
    const { [without]: _, ...rest } = { ...files, ...changes };
    return decodeRun(rest, 'mine');
  };
  const weights = Uint8Array.from(files['checkpoints/last/weights.bin'] as Uint8Array);
  weights[0]! ^= 1;
  await expect(decode({ 'checkpoints/last/weights.bin': weights })).rejects.toThrow(CheckpointCorruptError);
  await expect(decode({ 'checkpoints/last/weights.bin': weights })).rejects.toThrow(
    'mine/checkpoints/last/weights.bin',
  );
  await expect(decode({}, 'checkpoints/best/optimizer.bin')).rejects.toThrow(
    'mine/checkpoints/best: expected',
  );
  await expect(decode({}, 'run.json')).rejects.toThrow(
    'mine: expected the files of a run, found no run.json',
  );
  await expect(decode({ 'run.json': '{' })).rejects.toThrow(RunDirectoryError);
  await expect(decode({ 'evaluation.json': '{}' })).rejects.toThrow('mine/evaluation.json: count: expected');
});

test('a run is saved in the place of another, and nothing is left beside it', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'a');
  await saveRunDirectory(path, contents);
  await saveRunDirectory(`${path}/`, bare);
  expect(await loadRunDirectory(path)).toEqual(bare);
  expect(readdirSync(folder)).toEqual(['a']);
});

test('what is no run, and a run that is being written, are not replaced', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'notes', 'mine.txt');
  mkdirSync(dirname(file));
  writeFileSync(file, 'mine');
  await expect(saveRunDirectory(dirname(file), bare)).rejects.toThrow(RunExistsError);
  await expect(saveRunDirectory(file, bare)).rejects.toThrow(RunExistsError);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  await expect(saveRunDirectory(join(file, 'under'), bare)).rejects.toThrow('expected to write the run, but');

  const path = join(folder, 'training');
  const run = await createRunDirectory(path, manifest);
  await expect(saveRunDirectory(path, bare)).rejects.toThrow(RunLockedError);
  await run.close();
  await saveRunDirectory(path, bare);
  expect(readdirSync(folder).sort()).toEqual(['notes', 'training']);
});

describe('the run that is replaced', () => {
  const dead = JSON.stringify({ pid: 2 ** 22, hostname: hostname(), since: '2001-01-01T00:00:00.000Z' });
  /** A folder in which a process was killed that had just moved the run `a` aside, to put another in its place. */
  const killedBetweenRenames = async (): Promise<string> => {
    const path = join(temporaryFolder(), 'a');
    await saveRunDirectory(path, contents);
    await saveRunDirectory(`${path}.tmp-0a1b2c3d`, bare);
    for (const folder of readdirSync(dirname(path)))
      writeFileSync(join(path, '..', folder, 'run.lock'), dead);
    renameSync(path, replacedName(path));
    return path;
  };

  test('is there again when the other could not take its place', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a');
    await saveRunDirectory(path, contents);
    await expect(replaceRun(path, join(folder, 'not there'))).rejects.toThrow('ENOENT');
    expect(await loadRunDirectory(path)).toEqual(contents);
    expect((await openRunDirectory(path)).isBeingWritten()).toBe(false);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('is read where it is after a kill between the two renames, which changes nothing', async () => {
    const path = await killedBetweenRenames();
    const before = readdirSync(dirname(path));
    expect(await loadRunDirectory(path)).toEqual(contents);
    expect(readdirSync(dirname(path))).toEqual(before);
  });

  test.each<[string, (path: string) => Promise<unknown>, RunContents]>([
    ['resumed', async (path) => (await resumeRunDirectory(path)).close(), contents],
    [
      'made anew',
      (path) => expect(createRunDirectory(path, manifest)).rejects.toThrow(RunExistsError),
      contents,
    ],
    ['saved again', (path) => saveRunDirectory(path, bare), bare],
  ])('has its place back when it is %s after such a kill', async (_, open, expected) => {
    const path = await killedBetweenRenames();
    await open(path);
    expect(await loadRunDirectory(path)).toEqual(expected);
    expect(readdirSync(dirname(path))).toEqual(['a']);
  });

  test('is removed after a kill before it was', async () => {
    const path = join(temporaryFolder(), 'a');
    await saveRunDirectory(path, contents);
    await saveRunDirectory(replacedName(path), bare);
    await (await resumeRunDirectory(path)).close();
    expect(await loadRunDirectory(path)).toEqual(contents);
    expect(readdirSync(dirname(path))).toEqual(['a']);
  });

  test('is kept when something else has come into its place meanwhile', async () => {
    const path = join(temporaryFolder(), 'a');
    await saveRunDirectory(replacedName(path), contents);
    mkdirSync(path);
    writeFileSync(join(path, 'notes.txt'), 'mine');
    await expect(saveRunDirectory(path, bare)).rejects.toThrow(RunExistsError);
    expect(await loadRunDirectory(replacedName(path))).toEqual(contents);
  });
});
