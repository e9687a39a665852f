import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type OwnImages, parseRunConfig, type RunConfigInput } from '@dropout-lab/contracts';
import { randomKey, uint32s } from '@dropout-lab/random';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { prepareRunData, splitTraining } from '../prepare-run-data.ts';
import { settingsOfImages } from '../settings-of-images.ts';
import { imagesAt, type StoredDataset } from '../stored-dataset.ts';
import { writeImageFile } from './image-file.ts';
import { loadRunImages } from './image-folder.ts';
import { partsOfDataset } from './image-parts.ts';

let cacheDirectory: string;
let images: OwnImages;

beforeAll(async () => {
  cacheDirectory = temporaryFolder();
  const header = {
    imageShape: [5, 4, 3] as [number, number, 3],
    classNames: ['a', 'b', 'c'],
    trainImages: 47,
    testImages: 9,
  };
  const labels = Uint16Array.from({ length: 56 }, (_, i) => (i * i) % 3);
  const pixels = new Uint8Array(uint32s(randomKey(1), (56 * 60) / 4).buffer);
  const sha256 = await writeImageFile(
    header,
    labels,
    (async function* () {
      yield pixels;
    })(),
    cacheDirectory,
  );
  images = { kind: 'images', title: 'noise', sha256, fit: 'cover', ...header };
});

describe('batches of images that stay in their file are those of images in memory', () => {
  test.each<[string, Partial<RunConfigInput>]>([
    ['as they are', {}],
    ['of a stratified split, with balanced classes', { splitMethod: 'stratified', classWeight: 'balanced' }],
    ['of some of them', { limitTrain: 20, limitTest: 4 }],
    ['augmented', { augmentation: { flip: true, crop: 1, cutout: 2 } }],
    ['mixed', { augmentation: { mixup: 0.2, cutmix: 1 } }],
    ['with channels first, in order, without the rest', { shuffle: false, dropRemainder: true }],
    ['without validation images', { validationSplit: 0 }],
  ])('%s', async (_, changes) => {
    const config = parseRunConfig({ batchSize: 8, ...settingsOfImages(images, 0), ...changes });
    const limits = { train: config.limitTrain, test: config.limitTest };
    const loaded = await loadRunImages(images, { cacheDirectory, limits });
    const stored = await loadRunImages(images, { cacheDirectory, limits, mostBytes: 0 });
    const parts = { loaded: [] as number[], stored: [] as number[] };
    for await (const part of partsOfDataset(splitTraining(loaded.train, config).train))
      parts.loaded.push(...part);
    for await (const part of partsOfDataset(splitTraining(stored.train, config).train))
      parts.stored.push(...part);
    expect(parts.stored).toEqual(parts.loaded);
    expect(['images' in loaded.train, 'pixels' in stored.train]).toEqual([true, true]);
    const [a, b] = [prepareRunData(loaded, config), prepareRunData(stored, config)];
    expect(b.description).toEqual(a.description);
    expect(b.classWeight).toEqual(a.classWeight);
    expect(b.firstTrainImages(10)).toEqual(a.firstTrainImages(10));
    for (const part of ['train', 'validation', 'test'] as const) {
      const { batchesPerEpoch = 0 } = a[part] ?? {};
      expect(b[part]?.batchesPerEpoch ?? 0).toBe(batchesPerEpoch);
      for (const epoch of [0, 1]) {
        for (let i = 0; i < batchesPerEpoch; i++)
          expect(await b[part]!.batch(epoch, i)).toEqual(await a[part]!.batch(epoch, i));
      }
    }
  });
});

test('no image is read before it is asked for, and none but those', async () => {
  const { train, test: stored, sha256 } = await loadRunImages(images, { cacheDirectory, mostBytes: 0 });
  const readPlaces: number[] = [];
  const counted = (dataset: StoredDataset): StoredDataset => {
    const { read, readSync } = dataset.pixels;
    const note = (places: ArrayLike<number>) => readPlaces.push(...Array.from(places));
    return {
      ...dataset,
      pixels: {
        read: (places) => {
          note(places);
          return read(places);
        },
        readSync: (places) => {
          note(places);
          return readSync(places);
        },
      },
    };
  };
  const data = {
    train: counted(train as StoredDataset),
    test: counted(stored as StoredDataset),
    sha256,
  };
  const config = parseRunConfig({ batchSize: 8, ...settingsOfImages(images, 0), shuffle: false });
  const prepared = prepareRunData(data, config);
  expect(readPlaces).toEqual([]);
  // Behind 47 training images; the second batch of nine test images has the last one alone.
  await prepared.test.batch(0, 1);
  expect(readPlaces.splice(0)).toEqual([55]);
  prepared.firstTrainImages(5);
  await prepared.train.batch(0, 0);
  const [first, batch] = [readPlaces.splice(0, 5), readPlaces.splice(0)];
  expect(batch).toHaveLength(8);
  expect(batch.slice(0, 5)).toEqual(first);

  const { test: loaded } = await loadRunImages(images, { cacheDirectory });
  expect(await imagesAt(data.test, [8, 0, 3])).toEqual(await imagesAt(loaded, [8, 0, 3]));
  expect(readPlaces).toEqual([55, 47, 50]);
});

test('images of 197 MB are read in batches with a small part of that in memory', async () => {
  const program = fileURLToPath(new URL('../../fixtures/read-stored-images.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    program,
    join(temporaryFolder(), 'cache'),
  ]);
  const { fileBytes, most, sum, expected } = JSON.parse(stdout);
  expect(fileBytes).toBeGreaterThan(192e6);
  // A batch has 768,000 bytes; what Node and the program have for themselves is more.
  expect(most).toBeLessThan(32e6);
  expect(sum).toBe(expected);
}, 120_000);
