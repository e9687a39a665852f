import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { type ImageFolderOptions, imageFolder, loadPrepared } from './image-folder.ts';

const picture = (colour: string, width = 40, height = 30) =>
  sharp({ create: { width, height, channels: 3, background: colour } })
    .png()
    .toBuffer();

const red = await picture('red');
const blue = await picture('blue');

/** Makes a folder of files; text for what is no picture. */
const folderOf = async (files: Readonly<Record<string, Uint8Array | string>>): Promise<string> => {
  const root = join(temporaryFolder(), 'pets');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return root;
};

const several = (folder: string, content: Uint8Array, n: number) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`${folder}/${i}.png`, content]));

const pets = () => folderOf({ ...several('cat', red, 10), ...several('dog', blue, 10) });

const load = (path: string, options: ImageFolderOptions = {}) =>
  imageFolder(path, { cacheDirectory: temporaryFolder(), ...options });

describe('a folder with a folder for each class', () => {
  test('becomes training and test images, a fifth of each class', async () => {
    const { train, test: tested, dataset, counts, skipped } = await load(await pets());
    expect([train.labels.length, tested.labels.length]).toEqual([16, 4]);
    expect(counts).toEqual([
      { train: 8, validation: 0, test: 2 },
      { train: 8, validation: 0, test: 2 },
    ]);
    expect(dataset).toMatchObject({
      ...{ kind: 'images', title: 'pets', classNames: ['cat', 'dog'], fit: 'cover' },
      // All are of one size, up to 64.
      ...{ imageShape: [30, 40, 3], trainImages: 16, testImages: 4 },
    });
    expect(skipped).toEqual([]);
    train.labels.forEach((label, i) => {
      const [r, , b] = train.images.subarray(i * 3600, i * 3600 + 3);
      expect([label, r, b]).toEqual(label === 0 ? [0, 255, 0] : [1, 0, 255]);
    });
    // Not one class after the other: the last are held out for validation.
    expect(new Set(train.labels.subarray(0, 8)).size).toBe(2);
  });

  test('what a killed process left of its preparation is removed by the next, that of a living one stays', async () => {
    const cacheDirectory = temporaryFolder();
    const { pid } = spawnSync(process.execPath, ['--version']);
    const left = [pid, process.pid].flatMap((number) => [
      `decoding-by-${number}-abc`,
      `unfinished-${number}-abc`,
    ]);
    for (const name of left) await mkdir(join(cacheDirectory, 'images', name), { recursive: true });
    const { dataset } = await load(await pets(), { cacheDirectory });
    // A slow machine remembers the folder, too.
    const found = readdirSync(join(cacheDirectory, 'images')).filter((name) => name !== 'sources');
    const kept = left.filter((name) => name.includes(`-${process.pid}-`));
    expect(found).toEqual([`${dataset.sha256}.bin`, ...kept].sort());
  });

  test('is the same data set wherever it lies, and decoded once', async () => {
    const cacheDirectory = temporaryFolder();
    const path = await pets();
    const first = await imageFolder(path, { cacheDirectory });
    const elsewhere = join(temporaryFolder(), 'others');
    await rename(path, elsewhere);
    const second = await imageFolder(elsewhere, { cacheDirectory });
    expect(second.dataset).toEqual({ ...first.dataset, title: 'others' });
    expect(JSON.stringify(first.dataset)).not.toContain(dirname(path));
    const loaded = await loadPrepared(first.dataset, { cacheDirectory, limits: { train: 3 } });
    expect(loaded.train.images).toEqual(first.train.images.subarray(0, 3 * 3600));
    expect(loaded.test).toEqual(first.test);
    // Nothing unfinished is left.
    expect(
      readdirSync(join(cacheDirectory, 'images')).filter((name) => /unfinished|decoding/.test(name)),
    ).toEqual([]);
  });

  test('is another data set when a picture has changed', async () => {
    const cacheDirectory = temporaryFolder();
    const path = await pets();
    const first = await imageFolder(path, { cacheDirectory });
    await writeFile(join(path, 'cat/0.png'), await picture('lime'));
    const second = await imageFolder(path, { cacheDirectory });
    expect(second.dataset.sha256).not.toBe(first.dataset.sha256);
  });

  test('has one channel when all pictures are grey, and 32 by 32 pixels when they differ in size', async () => {
    const greys = {
      ...several('a', await picture('#111', 50, 40), 3),
      ...several('b', await picture('#eee'), 3),
    };
    const { dataset, notes } = await load(await folderOf(greys));
    expect(dataset.imageShape).toEqual([32, 32, 1]);
    expect(notes).toContain('all are grey: one channel');
    const sized = await load(await folderOf(greys), { size: [8, 12], fit: 'fill' });
    expect([sized.dataset.imageShape, sized.dataset.fit]).toEqual([[8, 12, 1], 'fill']);
  });

  test('may have more than 256 classes', async () => {
    const dot = await picture('red', 2, 2);
    const files = Array.from({ length: 300 }, (_, i) => several(`c${String(i).padStart(3, '0')}`, dot, 2));
    const { train, dataset } = await load(await folderOf(Object.assign({}, ...files)));
    expect(train.labels).toBeInstanceOf(Uint16Array);
    expect([dataset.classNames.length, Math.max(...train.labels)]).toEqual([300, 299]);
  });
});

test('folders train, val and test are splits', async () => {
  const {
    train,
    test: tested,
    validationImages,
    counts,
  } = await load(
    await folderOf({
      ...{ ...several('train/cat', red, 3), ...several('train/dog', blue, 4) },
      ...{ ...several('val/cat', red, 1), ...several('val/dog', blue, 1), ...several('test/dog', blue, 2) },
    }),
  );
  expect([train.labels.length, tested.labels.length, validationImages]).toEqual([9, 2, 2]);
  expect(counts[1]).toEqual({ train: 4, validation: 1, test: 2 });
  expect([...train.labels.subarray(7)].sort()).toEqual([0, 1]);
});

test.each([
  [
    { train: 8, val: 2 },
    { train: 6, validation: 2, test: 2 },
  ],
  [
    { train: 5, val: 20 },
    { train: 4, validation: 20, test: 1 },
  ],
  [
    { training: 10, validation: 1 },
    { train: 8, validation: 1, test: 2 },
  ],
])(
  'without test images a fifth of each class of the training images is taken: %j',
  async (given, expected) => {
    const folders = Object.entries(given).flatMap(([split, n]) => [
      several(`${split}/cat`, red, n),
      several(`${split}/dog`, blue, n),
    ]);
    const { counts, validationImages } = await load(await folderOf(Object.assign({}, ...folders)));
    expect([counts, validationImages]).toEqual([[expected, expected], 2 * expected.validation]);
  },
);

test('without test images a fifth of those to train on is taken, however many there are for validation', async () => {
  const { counts } = await load(
    await folderOf({
      ...{ ...several('train/cat', red, 10), ...several('train/dog', blue, 16) },
      ...{ ...several('val/cat', red, 10), ...several('val/dog', blue, 4) },
    }),
  );
  expect(counts).toEqual([
    { train: 8, validation: 10, test: 2 },
    { train: 12, validation: 4, test: 4 },
  ]);
});

test('test images may lie in a folder of their own', async () => {
  const more = await folderOf({ ...several('cat', red, 2), ...several('dog', blue, 1) });
  const { train, test: tested } = await load(await pets(), { test: more });
  expect([train.labels.length, tested.labels.length]).toEqual([20, 3]);
});

test('test images in a folder of their own have the same classes', async () => {
  const others = await folderOf({ ...several('cat', red, 2), ...several('owl', blue, 1) });
  await expect(load(await pets(), { test: others })).rejects.toThrow(
    /^--test .*pets: expected folders of the classes of .*pets, cat, dog, found owl: rename or remove it, or give the folder that has those of the classes$/,
  );
  const split = await folderOf({ ...several('test/cat', red, 2), ...several('test/dog', blue, 1) });
  await expect(load(await pets(), { test: split })).rejects.toThrow('cat, dog, found test: rename or remove');
});

test('test images are others than those to train on', async () => {
  const path = await pets();
  await expect(load(path, { test: join(path, '.') })).rejects.toThrow(
    /^--test .*pets: expected other pictures than those to train on, found the same: leave --test out/,
  );
  await expect(load(path, { test: join(path, 'cat') })).rejects.toThrow('found a part of them');
});

describe.skipIf(process.platform === 'win32')('files that cannot be used', () => {
  const odd = async (): Promise<string> => {
    const path = await pets();
    await writeFile(join(path, 'cat/torn.png'), red.subarray(0, 60));
    await writeFile(join(path, 'cat/notes.txt'), 'no picture');
    await writeFile(join(path, 'cat/none.jpg'), '');
    await writeFile(join(path, 'cat/.DS_Store'), 'hidden');
    await writeFile(join(path, 'cat/Thumbs.db'), 'hidden');
    await writeFile(join(path, 'loose.png'), red);
    await writeFile(join(path, 'README.md'), 'about');
    await symlink('/etc/hostname', join(path, 'cat/out.png'));
    await symlink('loop.png', join(path, 'cat/loop.png'));
    await symlink('..', join(path, 'dog/up'));
    await symlink('nowhere.png', join(path, 'dog/gone.png'));
    execFileSync('mkfifo', [join(path, 'dog/pipe.png')]);
    return path;
  };

  test('are skipped and named', async () => {
    const { skipped, train } = await load(await odd());
    expect(Object.fromEntries(skipped.map(({ file, reason }) => [file, reason]))).toEqual({
      'cat/torn.png': 'Input buffer has corrupt header',
      'cat/notes.txt': 'it is not PNG, JPEG, WebP, AVIF, GIF or TIFF',
      'cat/none.jpg': 'empty',
      'cat/out.png': 'a symbolic link out of the folder',
      'cat/loop.png': 'a symbolic link to itself',
      'dog/up': 'a symbolic link to a folder',
      'dog/gone.png': 'a symbolic link to nothing',
      'dog/pipe.png': 'a named pipe, no file',
      'loose.png': 'in no folder of a class',
    });
    expect(train.labels.length).toBe(16);
  });

  test('are refused with strict', async () => {
    await expect(load(await odd(), { strict: true })).rejects.toThrow(
      /^pets: expected files that can all be read, since --strict asks for that, found .*, and \d more/,
    );
  });
});

/** A process of another user, since root may read everything. */
const asNobody = (program: string) =>
  spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    ...(process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
  });

test.skipIf(process.platform === 'win32')('folders that may not be read are named', async () => {
  const path = await folderOf({
    ...{ ...several('cat', red, 3), ...several('dog', blue, 3), ...several('dog/young', blue, 3) },
    ...several('hidden', red, 1),
  });
  const [cacheDirectory, built] = [temporaryFolder(), new URL('../../dist/node.js', import.meta.url).href];
  await chmod(cacheDirectory, 0o777);
  for (let above = path; above !== tmpdir() && above !== dirname(above); above = dirname(above))
    await chmod(above, 0o755);
  const told = () => {
    const { stdout, stderr } = asNobody(
      `const { imageFolder } = await import(${JSON.stringify(built)});
      const said = await imageFolder(${JSON.stringify(path)}, { cacheDirectory: ${JSON.stringify(cacheDirectory)} })
        .then(({ skipped }) => skipped, ({ message }) => message);
      console.log(JSON.stringify(said));`,
    );
    return stdout === '' ? stderr : JSON.parse(stdout);
  };
  await chmod(join(path, 'hidden'), 0);
  expect(told()).toBe(
    `${path}: expected pictures of every class, found none of hidden (hidden: the system says EACCES): add some, or remove its folder`,
  );
  await rm(join(path, 'hidden'), { recursive: true });
  await chmod(join(path, 'dog/young'), 0);
  await chmod(join(path, 'cat/0.png'), 0);
  expect(told()).toEqual([
    { file: 'dog/young', reason: 'the system says EACCES' },
    { file: 'cat/0.png', reason: 'the system says EACCES' },
  ]);
  await chmod(path, 0o300);
  expect(told()).toMatch(/expected a folder of pictures, but the system says "permission denied" \(EACCES\)/);
  for (const at of [path, join(path, 'dog/young')]) await chmod(at, 0o755);
});

test('a class may be called test, and have folders', async () => {
  const files = {
    ...several('mock', red, 5),
    ...several('test/new', blue, 3),
    ...several('test/old', blue, 2),
  };
  const { train } = await load(await folderOf(files));
  expect([train.classNames, train.labels.length]).toEqual([['mock', 'test'], 8]);
});

test.each([
  ['nothing', {}, 'expected a folder of pictures, but the system says "no such file or directory" (ENOENT)'],
  [
    'one class',
    several('cat', red, 2),
    'expected at least two folders of classes to distinguish, found one, cat',
  ],
  [
    'classes a folder deeper',
    { ...several('pets/cat', red, 2), ...several('pets/dog', blue, 2) },
    /found one, pets: add another class, or give .*pets\/pets, which has folders of its own$/,
  ],
  [
    'classes a folder deeper in a folder of a split',
    { ...several('train/small/cat', red, 2), ...several('train/small/dog', blue, 2) },
    /found one, small: add another class, or give .*pets\/train\/small, which has folders of its own$/,
  ],
  [
    'test images alone',
    { ...several('test/cat', red, 2), ...several('test/dog', blue, 2) },
    /found one, test: add another class, or give .*pets\/test, which has folders of its own$/,
  ],
  [
    'one picture of each class',
    { ...several('cat', red, 1), ...several('dog', blue, 1) },
    'pets: expected two pictures of a class at least, so that one is left to test on, found one of each that can be read: add some, or test images',
  ],
  [
    'test images that cannot be read',
    { ...several('train/cat', red, 2), ...several('train/dog', blue, 2), 'test/cat/a.png': 'x' },
    'pets: expected test images, found none that can be read: add some, or leave test images out',
  ],
  [
    'a class without pictures beside a file that cannot be read in a folder of its name',
    { ...several('a/cat', red, 2), 'a/b/c/dog/1.png': 'x', ...several('cat', red, 2), 'dog/.gitkeep': '' },
    /expected pictures of every class, found none of dog: add some, or remove its folder$/,
  ],
  [
    'pictures in no folder',
    several('.', red, 2),
    'expected a folder for each class, such as cat and dog, with its pictures, found 2 pictures in no folder',
  ],
  [
    'a class without pictures',
    { ...several('cat', red, 2), 'dog/.gitkeep': '' },
    'expected pictures of every class, found none of dog',
  ],
  [
    'a class of no pictures',
    { ...several('cat', red, 2), 'dog/a.png': 'x' },
    'found none of dog that can be read (dog/a.png: it is not',
  ],
  [
    'names that differ in case',
    { ...several('cat', red, 2), ...several('Cat', red, 2) },
    'found Cat and cat',
  ],
  [
    'a control character',
    { ...several('cat', red, 2), ...several('d\u001bog', red, 2) },
    'expected class names without control characters, found "d\\u001bog"',
  ],
  [
    'a name of spaces',
    { ...several('cat', red, 2), ...several('\u00a0', red, 2) },
    'expected class names that can be seen, found "\u00a0": rename the folder',
  ],
  [
    'a class to test alone',
    { ...several('train/a', red, 2), ...several('train/b', red, 2), ...several('test/c', red, 1) },
    'found test or validation images of c alone',
  ],
  [
    'test images beside the classes',
    { ...several('cat', red, 2), ...several('dog', blue, 2), ...several('test/cat', red, 2) },
    'found cat both in test and beside it: put those beside it into a folder train',
  ],
  [
    'a split of another name',
    { ...several('train/cat', red, 2), ...several('train/dog', blue, 2), ...several('dev/cat', red, 2) },
    'found cat both in train and in dev: rename dev',
  ],
])('%s is refused in a sentence', async (_, files, message) => {
  await expect(load(await folderOf(files as Record<string, Uint8Array>))).rejects.toThrow(message);
});

test('images that are damaged or missing in the cache are refused', async () => {
  const cacheDirectory = temporaryFolder();
  const { dataset } = await imageFolder(await pets(), { cacheDirectory });
  const file = join(cacheDirectory, 'images', `${dataset.sha256}.bin`);
  const other = { ...dataset, trainImages: 15 };
  await expect(loadPrepared(other, { cacheDirectory })).rejects.toThrow('as described, found');
  await rm(file);
  await expect(loadPrepared(dataset, { cacheDirectory })).rejects.toThrow(
    'pets: expected its images in the cache, prepared on this machine, found none',
  );
});

test('an abort ends it, and leaves nothing', async () => {
  const cacheDirectory = temporaryFolder();
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error('enough'));
  await expect(
    imageFolder(await pets(), { cacheDirectory, signal: controller.signal, onProgress }),
  ).rejects.toThrow('enough');
  expect(readdirSync(join(cacheDirectory, 'images'))).toEqual([]);
});
