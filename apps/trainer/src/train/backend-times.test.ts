import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OwnImages, parseRunConfig, type RunConfigInput } from '@dropout-lab/contracts';
import { afterEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { listBackendTimes, readBackendTimes, runsInWords, writeBackendTimes } from './backend-times.ts';

afterEach(() => vi.unstubAllEnvs());

const times = { version: 1, runs: 'tutorial, shapes, batches of 10', stepSeconds: { wasm: 0.25 } } as const;

test('times that were written are read again', async () => {
  vi.stubEnv('DROPOUT_LAB_CACHE', temporaryFolder());
  expect([await readBackendTimes('a'), await listBackendTimes()]).toEqual([undefined, []]);
  await writeBackendTimes('a', times);
  expect([await readBackendTimes('a'), await listBackendTimes()]).toEqual([times, [times]]);
});

test.each([
  '',
  '{}',
  'null',
  '{"version":1',
  JSON.stringify({ ...times, version: 2 }),
  JSON.stringify({ ...times, stepSeconds: { wasm: -1 } }),
  ' '.repeat(5000),
])('a file that cannot be is as none: %j', async (content) => {
  const cache = temporaryFolder();
  vi.stubEnv('DROPOUT_LAB_CACHE', cache);
  await mkdir(join(cache, 'backend-times'));
  await writeFile(join(cache, 'backend-times', 'a.json'), content);
  expect([await readBackendTimes('a'), await listBackendTimes()]).toEqual([undefined, []]);
  expect(await readdir(join(cache, 'backend-times'))).toEqual(['a.json']);
});

const own: OwnImages = {
  kind: 'images',
  title: 'pets',
  sha256: 'ab'.repeat(32),
  imageShape: [32, 32, 3],
  classNames: ['a', 'b'],
  trainImages: 20,
  testImages: 4,
  fit: 'cover',
};

test.each<[RunConfigInput, string]>([
  [{}, 'tutorial, cifar10, batches of 250'],
  [{ dataset: own, batchSize: 8 }, 'tutorial, own images, batches of 8'],
  [
    {
      model: {
        preset: 'layers',
        layers: [{ kind: 'flatten' }, { kind: 'dense', units: 10, activation: 'softmax' }],
      },
    },
    'own layers, cifar10, batches of 250',
  ],
])('the kind of run is said in words: %#', (input, words) => {
  expect(runsInWords(parseRunConfig(input))).toBe(words);
});
