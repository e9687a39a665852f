import { copyFile, mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { decodePicture } from '../pictures/decoding/decode-picture.ts';
import type { ImageFolderOptions } from '../pictures/image-folder.ts';
import { surveyPictures } from '../survey-pictures.ts';
import { openParquetImages } from './parquet-images.ts';
import { parquetInMemory } from './parquet-in-memory.ts';
import { picturesOfParquet } from './parquet-source.ts';
import { parquet } from './survey-parquet.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/parquet/${name}.parquet`, import.meta.url));

const load = (path: string, options: ImageFolderOptions = {}) =>
  parquet(path, { cacheDirectory: temporaryFolder(), ...options });

/** A folder of copies of fixtures, by their names there. */
const folderOf = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const root = join(temporaryFolder(), 'pets');
  await mkdir(root);
  for (const [name, from] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await copyFile(fixture(from), join(root, name));
  }
  return root;
};

const blobOf = async (name: string): Promise<File> =>
  new File([await readFile(fixture(name))], `${name}.parquet`);

describe('a Parquet file', () => {
  test('becomes training and test images, a fifth of each class', async () => {
    const { train, test: tested, dataset, counts, files, skipped } = await load(fixture('groups'));
    expect(dataset).toMatchObject({
      ...{ kind: 'images', title: 'groups', classNames: ['cat', 'dog', 'owl'], fit: 'cover' },
      ...{ imageShape: [4, 6, 3], trainImages: 9, testImages: 3 },
    });
    expect(counts).toEqual(new Array(3).fill({ train: 3, validation: 0, test: 1 }));
    expect(skipped).toEqual([]);
    // The fixture's rows: label and colour are functions of the row.
    const labels = [...train.labels, ...tested.labels];
    files.forEach((file, i) => {
      const row = Number(/^groups\.parquet row (\d+)$/.exec(file)![1]);
      const { images } = i < 9 ? train : tested;
      const at = (i < 9 ? i : i - 9) * 72;
      expect([labels[i], ...images.subarray(at, at + 3)]).toEqual([
        (2 * row) % 3,
        20 * (row % 4),
        200 - 10 * (row % 4),
        60,
      ]);
    });
    expect(new Set(files).size).toBe(12);
  });

  test('is the same data set however its pages are written, and in memory', async () => {
    const digests = new Set<string>();
    for (const name of ['snappy', 'zstd', 'version-2', 'required', 'datasets'])
      digests.add((await load(fixture(name))).dataset.sha256);
    const inMemory = await parquetInMemory(await blobOf('snappy'), decodePicture);
    digests.add(inMemory.dataset.sha256);
    expect(digests.size).toBe(1);
    const inCache = await load(fixture('snappy'));
    expect(inMemory).toEqual({ ...inCache, source: 'directory' });
  });

  test('is decoded once', async () => {
    const cacheDirectory = temporaryFolder();
    const copy = join(temporaryFolder(), 'pets.parquet');
    await copyFile(fixture('gzip'), copy);
    const long = new Date('2020-01-01');
    await utimes(copy, long, long);
    let decoded = 0;
    const options = { cacheDirectory, onProgress: () => decoded++ };
    // A change in the same moment as the first look would not be seen: what is younger than that is decoded again.
    await expect
      .poll(
        async () => {
          decoded = 0;
          await parquet(copy, options);
          return decoded;
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(0);
  });

  test('may have rows without a picture, which are named', async () => {
    const { skipped, train } = await load(fixture('odd/nulls'));
    expect(skipped).toEqual([
      { file: 'nulls.parquet row 1', reason: 'it has no bytes' },
      { file: 'nulls.parquet row 2', reason: 'it has no bytes' },
      { file: 'nulls.parquet row 3', reason: 'empty' },
    ]);
    expect(train.labels.length).toBe(6);
    await expect(load(fixture('odd/nulls'), { strict: true })).rejects.toThrow(
      'found nulls.parquet row 1 (it has no bytes), and 2 more: remove them',
    );
    await expect(load(fixture('odd/all-null'))).rejects.toThrow(
      'found none of cat that can be read (all-null.parquet row 0: it has no bytes): add some, or leave its name out',
    );
  });

  test('may have test images in another', async () => {
    const { train, test: tested } = await load(fixture('snappy'), { test: fixture('zstd') });
    expect([train.labels.length, tested.labels.length]).toEqual([12, 12]);
    const inMemory = await parquetInMemory(await blobOf('snappy'), decodePicture, {
      test: await blobOf('zstd'),
    });
    expect(inMemory.test).toEqual(tested);
  });
});

test('a folder of Parquet files has its splits by their names', async () => {
  const { dataset, validationImages, counts } = await load(
    await folderOf({
      ...{ 'data/train-00000-of-00002.parquet': 'snappy', 'data/train-00001-of-00002.parquet': 'groups' },
      ...{ 'data/validation-00000-of-00001.parquet': 'zstd', 'data/test-00000-of-00001.parquet': 'plain' },
    }),
  );
  expect([dataset.title, dataset.trainImages, dataset.testImages, validationImages]).toEqual([
    'pets',
    36,
    12,
    12,
  ]);
  expect(counts[2]).toEqual({ train: 8, validation: 4, test: 4 });
  const byFolder = await load(
    await folderOf({ 'train/0000.parquet': 'snappy', 'test/0000.parquet': 'zstd' }),
  );
  expect([byFolder.dataset.trainImages, byFolder.dataset.testImages]).toEqual([12, 12]);
  // Without test images some are drawn.
  const alone = await load(await folderOf({ 'train-0.parquet': 'snappy', 'notes.parquet': 'zstd' }));
  expect([alone.dataset.trainImages, alone.dataset.testImages]).toEqual([9, 3]);
  expect(alone.skipped).toEqual([{ file: 'notes.parquet', reason: 'beside the files of the splits' }]);
});

test('folders beside the files are named; strict refuses them', async () => {
  const root = await folderOf({
    ...{ 'data/train-00000-of-00001.parquet': 'snappy', 'data/test-00000-of-00001.parquet': 'plain' },
    ...{ 'dog/0.parquet': 'zstd', 'cat/0.parquet': 'zstd', '.git/0.parquet': 'zstd' },
  });
  const { skipped, dataset } = await load(root);
  expect(dataset.trainImages).toBe(12);
  expect(skipped).toEqual([
    { file: 'cat', reason: 'a folder beside Parquet files' },
    { file: 'dog', reason: 'a folder beside Parquet files' },
  ]);
  await expect(load(root, { strict: true })).rejects.toThrow(
    'found cat (a folder beside Parquet files), and 1 more',
  );
});

test('groups of rows are read once each, one after the other', async () => {
  const bytes = await readFile(fixture('groups'));
  const images = await openParquetImages('pets.parquet', {
    byteLength: bytes.length,
    read: async (start, end) => Uint8Array.from(bytes.subarray(start, end)).buffer,
  });
  const read: number[] = [];
  const groups = images.groups.map((group) => ({
    ...group,
    pictures: () => {
      read.push(group.firstRow);
      return group.pictures();
    },
  }));
  const source = await picturesOfParquet('pets', [
    { name: 'pets.parquet', split: 'any', images: { ...images, groups } },
  ]);
  await Promise.all(Array.from({ length: source.count }, (_, i) => source.picture(i).read()));
  expect(read).toEqual([0, 5, 10]);
  expect(source.samples.every((index) => index < 5)).toBe(true);
});

test.each([
  [
    'a file that is no Parquet',
    async () => {
      const path = join(temporaryFolder(), 'a.parquet');
      await writeFile(path, 'not a Parquet file at all');
      return [path];
    },
    'a.parquet: expected a whole Parquet file, found another kind of file, or its end cut off',
  ],
  [
    'nothing',
    async () => [join(temporaryFolder(), 'none.parquet')],
    'expected a Parquet file of images, but the system says',
  ],
  [
    'a folder without any',
    async () => [temporaryFolder()],
    'expected a Parquet file, or a folder of some, whose names end in .parquet, found none',
  ],
  [
    'a link out of the folder',
    async () => {
      const root = await folderOf({});
      await symlink(fixture('snappy'), join(root, 'train-0.parquet'));
      return [root];
    },
    'found train-0.parquet (a symbolic link out of the folder)',
  ],
  [
    'test images beside test images',
    async () => [await folderOf({ 'train-0.parquet': 'snappy', 'test-0.parquet': 'zstd' }), fixture('gzip')],
    'to have no test images of its own, found test-0.parquet: leave --test out',
  ],
  [
    'a numbered file that is missing',
    async () => [
      await folderOf({
        'data/train-00000-of-00003.parquet': 'snappy',
        'data/train-00002-of-00003-0a1b2c3d.parquet': 'zstd',
        'data/test-00000-of-00001.parquet': 'plain',
      }),
    ],
    'expected all 3 files of data/train, found 2, without data/train-00001-of-00003.parquet: fetch the others too, or give a single file',
  ],
  [
    'files of two numberings',
    async () => [
      await folderOf({
        'train-00000-of-00001.parquet': 'snappy',
        'train-00000-of-00002.parquet': 'zstd',
        'train-00001-of-00002.parquet': 'plain',
      }),
    ],
    'expected the files train of one numbering, found some of 00001 and some of 00002: remove those that are not wanted',
  ],
  [
    'itself as test images',
    async () => [fixture('gzip'), fixture('gzip')],
    'found the same: leave --test out',
  ],
  ['test images that are none', async () => [fixture('snappy'), temporaryFolder()], '--test'],
  [
    'other classes',
    async () => [fixture('snappy'), fixture('odd/other-names')],
    'expected the classes of snappy.parquet, owl as number 2, found hen',
  ],
] as const)('%s is refused in a sentence', async (_, make, message) => {
  const [path, tested] = await make();
  await expect(load(path!, { test: tested })).rejects.toThrow(message);
});

test('a path of pictures is either kind', async () => {
  const { images } = await surveyPictures(fixture('snappy'), { cacheDirectory: temporaryFolder() });
  expect(images).toMatchObject({ title: 'snappy', trainImages: 9, testImages: 3 });
  await expect(surveyPictures(fileURLToPath(import.meta.url))).rejects.toThrow(
    'give the folder that has a folder for each class, or a Parquet file',
  );
});
