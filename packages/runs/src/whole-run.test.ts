import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunEvent } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { decodeRun } from './decode-run.ts';
import { encodeRun, type RunContents } from './encode-run.ts';
import { CheckpointCorruptError, RunDirectoryError, RunExistsError, RunLockedError } from './errors.ts';
import { createRunDirectory } from './run-directory.ts';
import { checkpointAt, manifest } from './testing.ts';
import { loadRunDirectory, saveRunDirectory } from './whole-run.ts';

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
