import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CIFAR10 } from '@dropout-lab/cifar';
import { loadCifar } from '@dropout-lab/cifar/node';
import type { ImageDataset } from '@dropout-lab/contracts';
import type { OwnDataset } from '@dropout-lab/data';
import { imageFolder, parquet } from '@dropout-lab/data/node';
import { fold, randomKey, uint32s } from '@dropout-lab/random';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../../scripts/temporary-folder.ts';
import { callCli } from '../../command/testing.ts';
import { requireCifar, requireFolderNames } from './require-writable.ts';

let folder: string;
let env: Record<string, string>;
let original: OwnDataset;

const cli = (...args: readonly string[]) => callCli(args, { cwd: folder, env });
const options = () => ({ cacheDirectory: env['DROPOUT_LAB_CACHE'] });

const classes = ['cat', 'dog', 'owl'];

beforeAll(async () => {
  folder = temporaryFolder();
  env = { DROPOUT_LAB_CACHE: join(folder, 'cache') };
  for (const [split, count] of [
    ['train', 4],
    ['validation', 2],
    ['test', 3],
  ] as const) {
    for (const name of classes) {
      await mkdir(join(folder, 'pets', split, name), { recursive: true });
      for (let i = 0; i < count; i++) {
        const words = uint32s(fold(randomKey(1), split, name, i), 32 * 32);
        const pixels = new Uint8Array(words.buffer, 0, 32 * 32 * 3);
        await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
          .png()
          .toFile(join(folder, 'pets', split, name, `${i}.png`));
      }
    }
  }
  original = await imageFolder(join(folder, 'pets'), options());
});

/** The class and the digest of the pixels of each image, sorted: an order of its own has each format. */
const contentOf = ({ images, labels, imageShape, classNames }: ImageDataset): string[] => {
  const size = imageShape.reduce((product, length) => product * length, 1);
  return Array.from(labels, (label, i) => {
    const digest = createHash('sha256').update(images.subarray(i * size, (i + 1) * size));
    return `${classNames[label]} ${digest.digest('hex')}`;
  }).sort();
};

const exported = async (format: string): Promise<{ readonly place: string; readonly stdout: string }> => {
  const { code, stdout, stderr } = await cli(
    'data',
    'export',
    'pets',
    '--format',
    format,
    '--to',
    `to-${format}`,
  );
  expect([code, stderr.replace(/^(?:Writing|Decoding).*\n/gm, '')]).toEqual([0, '']);
  return { place: join(folder, `to-${format}`), stdout };
};

test('as a folder of PNG files, which is the same data set, to the bit', async () => {
  const { place, stdout } = await exported('folder');
  expect(stdout).toContain('Wrote to-folder: dropout-lab train --images to-folder --size 32x32');
  expect(readdirSync(join(place, 'validation/owl'))).toHaveLength(2);
  const again = await imageFolder(place, options());
  expect([contentOf(again.train), contentOf(again.test)]).toEqual([
    contentOf(original.train),
    contentOf(original.test),
  ]);
  expect(again.counts).toEqual(original.counts);
}, 60_000);

test('as Parquet files, which are the same data set, to the bit', async () => {
  const { place } = await exported('parquet');
  expect(readdirSync(place).sort()).toEqual(
    ['test', 'train', 'validation'].map((split) => `${split}-00000-of-00001.parquet`),
  );
  const again = await parquet(place, options());
  expect([contentOf(again.train), contentOf(again.test)]).toEqual([
    contentOf(original.train),
    contentOf(original.test),
  ]);
  expect(again.counts).toEqual(original.counts);
}, 60_000);

test("in CIFAR-10's layout, which has the validation images last", async () => {
  const { place, stdout } = await exported('cifar');
  expect(stdout).toContain('The last 6 of train.bin are the validation images');
  expect((await readFile(join(place, 'classes.txt'), 'utf8')).split('\n')).toEqual([...classes, '']);
  const again = await loadCifar(
    {
      ...CIFAR10,
      files: [
        { name: 'train.bin', split: 'train', images: 18, sha256: null },
        { name: 'test.bin', split: 'test', images: 9, sha256: null },
      ],
      labels: [{ name: 'label', classNames: classes }],
    },
    { directory: place },
  );
  // The order is that of the data set.
  expect([again.train.images, again.train.labels]).toEqual([original.train.images, original.train.labels]);
  expect([again.test.images, again.test.labels]).toEqual([original.test.images, original.test.labels]);
}, 60_000);

const python = [process.env['DROPOUT_LAB_PARQUET_PYTHON'], ...venvs()].find(
  (path): path is string => path !== undefined && existsSync(path),
);

function venvs(): string[] {
  const cache = join(process.env['HOME'] ?? '', '.cache/dropout-lab');
  return existsSync(cache)
    ? readdirSync(cache)
        .filter((name) => name.startsWith('parquet-'))
        .map((name) => join(cache, name, 'bin/python'))
    : [];
}

test.skipIf(python === undefined)(
  'Python reads the Parquet files, with the names of the classes',
  async () => {
    const script = fileURLToPath(
      new URL('../../../../../packages/data/fixtures/read_parquet.py', import.meta.url),
    );
    const place = join(folder, 'to-parquet');
    if (!existsSync(place)) await exported('parquet');
    const rows: string[][] = JSON.parse(execFileSync(python!, [script, place], { encoding: 'utf8' }));
    expect(rows.map(([split, name, digest]) => `${split} ${name} ${digest}`).sort()).toEqual(
      [
        ...contentOf({
          ...original.train,
          images: original.train.images.subarray(0, 12 * 3072),
          labels: original.train.labels.subarray(0, 12),
        }).map((one) => `train ${one}`),
        ...contentOf({
          ...original.train,
          images: original.train.images.subarray(12 * 3072),
          labels: original.train.labels.subarray(12),
        }).map((one) => `validation ${one}`),
        ...contentOf(original.test).map((one) => `test ${one}`),
      ].sort(),
    );
  },
  120_000,
);

test.each([
  [
    ['--format', 'cifar', '--to', 'new', '--size', '16'],
    '--format cifar: expected images of 32 x 32 x 3, which its records have, found 16 x 16 x 3',
  ],
  [
    ['--format', 'folder', '--to', 'pets'],
    '--to pets: expected an empty folder or none, found test in it: choose another place',
  ],
  [
    ['--format', 'folder', '--to', 'file.txt'],
    '--to file.txt: expected an empty folder or none, but it is a file',
  ],
  [['--format', 'folder', '--to', 'file.txt/in-a-file'], 'file.txt'],
  [['--format', 'zip', '--to', 'new'], "'zip' is invalid. Allowed choices are cifar, folder, parquet."],
  [['--format', 'folder'], "required option '--to <folder>' not specified"],
])('data export pets %j is refused in a sentence, and leaves nothing', async (line, message) => {
  await writeFile(join(folder, 'file.txt'), 'a file');
  const { code, stderr } = await cli('data', 'export', 'pets', ...line);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(readdirSync(folder).filter((name) => /^new|tmp/.test(name))).toEqual([]);
});

const ownImages = (classNames: string[]) => ({ ...original.dataset, classNames });

test.each(['a/b', '..', 'con', '.hidden', 'dot.', 'a:b', 'x'.repeat(256), 'e\u0301', 'Thumbs.db'])(
  'no folder is named %j',
  (name) => {
    expect(() => requireFolderNames(ownImages(['cat', name]))).toThrow('that a folder can have, found');
  },
);

test('names that differ in case alone, and more classes than a byte distinguishes, are refused', () => {
  expect(() => requireFolderNames(ownImages(['cat', 'Cat']))).toThrow('found cat and Cat: choose parquet');
  const many = Array.from({ length: 257 }, (_, i) => `c${i}`);
  expect(() => requireCifar(ownImages(many))).toThrow(
    'expected at most 256 classes, since a record has its label in one byte, found 257',
  );
  expect(() => requireCifar(ownImages(many.slice(1)))).not.toThrow();
});
