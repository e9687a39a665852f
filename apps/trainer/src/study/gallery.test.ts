import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isOwnImages } from '@dropout-lab/contracts';
import type { StoredDataset } from '@dropout-lab/data';
import { loadRunImages } from '@dropout-lab/data/node';
import { openRunDirectory } from '@dropout-lab/runs/node';
import type { StudyRun } from '@dropout-lab/study';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { runCli } from '../command/testing.ts';
import { galleryOf } from './gallery.ts';

test('the mistakes of a run on images in a file are those of images in memory, and only theirs are read', async () => {
  const folder = temporaryFolder();
  const cacheDirectory = join(folder, 'cache');
  for (const [label, name] of ['dark', 'light', 'odd'].entries()) {
    await mkdir(join(folder, 'pets', name), { recursive: true });
    for (let n = 0; n < 30; n++) {
      const background = { r: 80 * label + n, g: 255 - 5 * n, b: (n * n) % 256 };
      await sharp({ create: { width: 12, height: 12, channels: 3, background } })
        .png()
        .toFile(join(folder, 'pets', name, `${n}.png`));
    }
  }
  const small = ['--set', 'model.filters=[2]', '--set', 'model.units=[4]', '--epochs', '1'];
  const { code, stderr } = await runCli(
    ['train', '--images', 'pets', '--run-dir', 'run', '--backend', 'wasm', ...small],
    { cwd: folder, env: { DROPOUT_LAB_CACHE: cacheDirectory } },
  );
  expect([code, stderr]).toEqual([0, expect.any(String)]);

  const path = join(folder, 'run');
  const { config } = (await openRunDirectory(path)).manifest;
  if (!isOwnImages(config.dataset)) throw new Error('expected a run on pictures');
  const loaded = await loadRunImages(config.dataset, { cacheDirectory });
  const stored = await loadRunImages(config.dataset, { cacheDirectory, mostBytes: 0 });
  const readPlaces: number[] = [];
  const counted = (dataset: StoredDataset): StoredDataset => ({
    ...dataset,
    pixels: {
      read: (places) => {
        readPlaces.push(...Array.from(places));
        return dataset.pixels.read(places);
      },
      readSync: () => {
        throw new Error('expected nothing to be waited for');
      },
    },
  });
  const run = { arm: { name: 'dropout' }, seed: 0, path } as StudyRun;
  const at = (data: typeof stored) => galleryOf(run, data, { backend: 'wasm' }, new AbortController().signal);
  const expected = await at(loaded);
  expect(expected.mistakes.length).toBeGreaterThan(0);
  const gallery = await at({
    ...stored,
    train: counted(stored.train as StoredDataset),
    test: counted(stored.test as StoredDataset),
  });
  expect(gallery).toEqual(expected);
  // Behind 72 training images.
  expect(readPlaces).toEqual(expected.mistakes.map(({ image }) => 72 + image));
}, 120_000);
