import { copyFile, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { channelStatistics, limit, splitLast, splitStratified } from '@dropout-lab/data';
import { fold, randomKey } from '@dropout-lab/random';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli } from '../command/testing.ts';
import { imageFolder, parquet } from '../index.ts';

const parquetFixtures = new URL('../../../../packages/data/fixtures/parquet/', import.meta.url);
const colours = { blue: '#22c', green: '#2c2', red: '#c22' };
let folder: string;
let env: Record<string, string>;

const cli = (...args: readonly string[]) => callCli(args, { cwd: folder, env });

beforeAll(async () => {
  folder = temporaryFolder();
  env = { DROPOUT_LAB_CACHE: join(folder, 'cache') };
  for (const [name, background] of Object.entries(colours)) {
    await mkdir(join(folder, 'pets', name), { recursive: true });
    for (let i = 0; i < 12; i++) {
      const picture = sharp({ create: { width: 30 + i, height: 20 + 2 * i, channels: 3, background } });
      await picture.toFile(join(folder, 'pets', name, `${i}.${i % 2 ? 'png' : 'jpg'}`));
    }
  }
  await writeFile(join(folder, 'pets/red/torn.png'), 'no picture');
  await writeFile(join(folder, 'split.json'), '{"validationSplit": 0.3}');
  await cp(join(folder, 'pets'), join(folder, 'others'), { recursive: true });
  for (const split of ['train', 'validation'])
    await cp(join(folder, 'pets'), join(folder, 'chosen', split), { recursive: true });
  await writeFile(join(folder, 'vgg.json'), '{"model": {"preset": "vgg", "filters": [2]}}');
  const head = [{ kind: 'flatten' }, { kind: 'dense', units: 3, activation: 'softmax' }];
  await writeFile(join(folder, 'layers.json'), JSON.stringify({ model: { layers: head } }));
  const normalized = [{ kind: 'normalization', mean: 0.5, variance: 0.1 }, ...head];
  await writeFile(join(folder, 'normalized.json'), JSON.stringify({ model: { layers: normalized } }));
  const numbers = { model: { standardization: { mean: 0.5, variance: 1 } } };
  await writeFile(join(folder, 'numbers.json'), JSON.stringify(numbers));
  await writeFile(join(folder, 'torn.parquet'), 'PAR1 but no end');
});

const preset = ['--set', 'model.filters=[2,2]', '--set', 'model.units=[4]'];
const base = ['--size', '16', '--backend', 'wasm', '--batch-size', '8'];
const small = [...base, ...preset];
const train = (...more: readonly string[]) =>
  cli('train', '--images', 'pets', '--run-dir', 'run', ...small, ...more);

test('a folder of pictures is trained on, and its run evaluated, resumed and asked wherever the folder is', async () => {
  const trained = await train('--epochs', '1', '--class-weight', 'balanced');
  expect([trained.code, trained.stderr]).toEqual([0, expect.any(String)]);
  expect(trained.stdout).toContain('pets: 27 images to train on, 9 to test, of 3 classes, 16 x 16 x 3');
  expect(trained.stdout).toContain('Skipped 1 file: red/torn.png (it is not PNG');

  const { config, data, classNames } = JSON.parse(await readFile(join(folder, 'run/run.json'), 'utf8'));
  expect([classNames, config.splitMethod, config.dataset.fit, config.classWeight]).toEqual([
    Object.keys(colours),
    'stratified',
    'cover',
    // The word: the numbers follow from the images, which the digest says.
    'balanced',
  ]);
  expect(data.sha256).toEqual({ images: config.dataset.sha256 });
  expect(JSON.stringify({ config, data })).not.toContain(folder);

  await rename(join(folder, 'pets'), join(folder, 'moved'));
  const resumed = await cli('train', '--resume', 'run', '--epochs', '2');
  expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringContaining('Epoch 2/2')]);
  const evaluated = await cli('evaluate', 'run', '--backend', 'wasm');
  expect([evaluated.code, evaluated.stdout]).toEqual([0, expect.stringContaining('(9 images)')]);
  const asked = await cli('predict', 'run', 'moved/red/0.jpg', '--backend', 'wasm');
  expect([asked.code, asked.stdout]).toEqual([0, expect.stringMatching(/^moved\/red\/0.jpg: \w+ 0\.\d{4}/)]);

  await rm(env['DROPOUT_LAB_CACHE']!, { recursive: true });
  const gone = await cli('evaluate', 'run', '--backend', 'wasm');
  expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('give them again with --images')]);
  const again = await cli('evaluate', 'run', '--images', 'moved', '--backend', 'wasm');
  expect([again.code, again.stdout]).toEqual([0, evaluated.stdout]);

  await rm(join(folder, 'moved/red/1.png'));
  const others = await cli('train', '--resume', 'run', '--epochs', '3', '--images', 'moved');
  expect([others.code, others.stderr]).toEqual([
    2,
    expect.stringContaining('expected the images that the run was trained on, '),
  ]);
  await rename(join(folder, 'moved'), join(folder, 'pets'));
}, 240_000);

test('data info says what a folder gives, and what is in both splits', async () => {
  const { code, stdout } = await cli('data', 'info', 'pets');
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^pets: \d+ training and \d+ test images of 3 classes$/m),
  ]);
  expect(stdout).toContain('  red/torn.png: it is not PNG, JPEG, WebP, AVIF, GIF or TIFF');
  // All of a class have one colour.
  expect(stdout).toMatch(/^ {2}red\/\d+\.(?:png|jpg) is (?:the same as|nearly) red\/\d+\.(?:png|jpg)$/m);
});

const standardizedRun = async (images: string, runDir: string, ...more: readonly string[]) => {
  const { code, stderr } = await cli(
    ...['train', '--images', images, '--run-dir', runDir, '--standardize', '--epochs', '1', ...base, ...more],
  );
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const { config } = JSON.parse(await readFile(join(folder, runDir, 'run.json'), 'utf8'));
  const { train } = await imageFolder(join(folder, images), {
    size: 16,
    cacheDirectory: join(folder, 'cache'),
  });
  return { config, train };
};

test('the model standardizes images by the mean and variance of the channels of those that it trains on', async () => {
  const { config, train } = await standardizedRun('others', 'standardized', ...preset);
  const { validationSplit } = config;
  const kept = splitStratified(train, validationSplit, fold(randomKey(config.seed), 'split'));
  expect(kept.validation.labels.length).toBeGreaterThan(0);
  expect(config.model.standardization).toEqual(channelStatistics(kept.train));
  const topology = JSON.parse(
    await readFile(join(folder, 'standardized/checkpoints/last/model.json'), 'utf8'),
  ).modelTopology;
  expect(JSON.stringify(topology)).toContain('"name":"standardization"');
  // As a picture is predicted: the numbers come along.
  const asked = await cli('predict', 'standardized', 'others/red/0.jpg', '--backend', 'wasm');
  expect([asked.code, asked.stdout]).toEqual([0, expect.stringMatching(/: \w+ 0\.\d{4}/)]);
});

test.each([
  ['the first images', ['--limit-train', '20', '--validation-split', '0.25', ...preset], 'tutorial'],
  ['the preset of an option', ['--set', 'model.preset=vgg'], 'vgg'],
  ['the preset of a file', ['--config', 'vgg.json'], 'vgg'],
  ['the layers of a file', ['--config', 'layers.json'], 'layers'],
])('standardizes with %s', async (what, more, name) => {
  const { config, train } = await standardizedRun(
    'others',
    `standardized-${what.replaceAll(' ', '-')}`,
    ...more,
  );
  expect(config.model.preset).toBe(name);
  const trainable = limit(train, config.limitTrain ?? train.labels.length);
  const kept = splitStratified(trainable, config.validationSplit, fold(randomKey(config.seed), 'split'));
  expect(config.model.standardization).toEqual(channelStatistics(kept.train));
});

test('standardizes without the validation images of a folder', async () => {
  const { config, train } = await standardizedRun('chosen', 'standardized-chosen', ...preset);
  expect(config.splitMethod).toBe('last');
  expect(config.model.standardization).toEqual(
    channelStatistics(splitLast(train, config.validationSplit).train),
  );
});

test.each([
  [['--standardize'], '--standardize: expected --images with it'],
  ...[
    ['--recipe', 'airbench94'],
    ['--set', 'model.preset=airbench94'],
  ].map((line): [string[], string] => [
    ['--images', 'others', '--standardize', ...line],
    '--standardize: expected a model that takes images as they are or standardized, found airbench94: leave one of the two out',
  ]),
  ...[
    ['--set', 'model.standardization={"mean":0,"variance":1}'],
    ['--config', 'numbers.json'],
  ].map((line): [string[], string] => [
    ['--images', 'others', '--standardize', ...line],
    '--standardize: expected no other numbers beside it, found model.standardization: leave one of the two out',
  ]),
  [
    ['--images', 'others', '--standardize', '--set', 'model.standardization.mean=0.5'],
    'model.standardization',
  ],
  [
    ['--images', 'others', '--standardize', '--config', 'normalized.json'],
    '--standardize: expected a model that does not normalize images yet, found a normalization among its layers',
  ],
  [['--resume', 'run', '--standardize'], "option '--standardize' cannot be used with --resume"],
])('train %j is refused', async (line, message) => {
  const { code, stderr } = await cli('train', '--run-dir', 'refused', ...line);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test.each([
  // Which says nothing of images.
  ['weights alone', 'weights.h5', ['--config', 'net.json', '--fit', 'fill']],
  ['a model of Keras', 'keras', []],
  ['safetensors', 'safetensors', []],
])('%s is imported for pictures as it was trained on them', async (_, ending, more) => {
  const run = `of-${ending}`;
  const model = { filters: [2], units: [4], inputShape: [20, 12, 3] };
  await writeFile(join(folder, 'net.json'), JSON.stringify({ model }));
  const fit = ending === 'weights.h5' ? 'fill' : 'contain';
  const steps = [
    ['train', '--images', 'others', '--size', '20x12', '--fit', fit, '--config', 'net.json', '--epochs', '1'],
    ['export', run, '--output', `model.${ending}`],
    ['import', `model.${ending}`, '--images', 'others', ...more, '--run-dir', `${run}-again`],
    ['evaluate', run, '--backend', 'wasm'],
    ['evaluate', `${run}-again`, '--backend', 'wasm'],
  ];
  const backend = ['--run-dir', run, '--backend', 'wasm'];
  const outputs: string[] = [];
  for (const [command, ...args] of steps as [string, ...string[]][]) {
    const { code, stdout, stderr } = await cli(command, ...args, ...(command === 'train' ? backend : []));
    expect([command, code, stderr]).toEqual([command, 0, expect.any(String)]);
    outputs.push(stdout.slice(stdout.indexOf('Test loss')));
  }
  expect(outputs[4]).toBe(outputs[3]);
  // Of three classes.
  expect(outputs[3]).toMatch(/^Brier score: 0\.\d{4} - ECE: 0\.\d{4}$/m);
  const [first, again] = await Promise.all(
    [run, `${run}-again`].map(
      async (name) => JSON.parse(await readFile(join(folder, name, 'run.json'), 'utf8')).config.dataset,
    ),
  );
  expect([again.imageShape, again.fit]).toEqual([[20, 12, 3], fit]);
  expect(again).toEqual(first);
});

test('data info names validation and test images that are like a training image', async () => {
  const { code, stdout } = await cli('data', 'info', 'chosen');
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining('36 of 36 validation images are like a training'),
  ]);
  expect(stdout).toMatch(/^ {2}validation\/red\/\d+\.\w+ is (?:the same as|nearly) train\/red\/\d+\.\w+$/m);
  expect(stdout).toMatch(/^ {2}and 16 more$/m);
  expect(stdout).toMatch(/^9 of 9 test images are like a training image, so the model has seen them:$/m);
  expect(stdout).toMatch(/^9 of 9 test images are like a validation image:$/m);
});

test('a model is imported for pictures that are made images in another way', async () => {
  const stretched = [
    'import',
    'model.keras',
    '--images',
    'others',
    '--fit',
    'fill',
    '--run-dir',
    'stretched',
  ];
  expect(await cli(...stretched)).toMatchObject({ code: 0 });
  const { dataset } = JSON.parse(await readFile(join(folder, 'stretched/run.json'), 'utf8')).config;
  expect([dataset.imageShape, dataset.fit]).toEqual([[20, 12, 3], 'fill']);
});

test('a folder of a model is not imported, but the file in it named', async () => {
  const exported = await cli('export', 'of-keras', '--format', 'hub', '--output', 'hub');
  expect([exported.code, exported.stderr]).toEqual([0, expect.any(String)]);
  const { code, stderr } = await cli('import', 'hub', '--run-dir', 'from-hub');
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining(
      `hub: expected a .weights.h5 or .keras file of Keras 3, a .safetensors file, or a model.json of TensorFlow.js, found a folder: give ${join('hub', 'model.keras')}`,
    ),
  ]);
});

test('a Parquet file is trained on, described, and given again where the cache has its images no longer', async () => {
  await copyFile(fileURLToPath(new URL('groups.parquet', parquetFixtures)), join(folder, 'pets.parquet'));
  const about = await cli('data', 'info', 'pets.parquet');
  expect([about.code, about.stdout]).toEqual([
    0,
    expect.stringContaining('pets: 9 training and 3 test images of 3 classes\nImages: 4 x 6 x 3'),
  ]);
  const { train } = await parquet(join(folder, 'pets.parquet'));
  const { mean, variance } = channelStatistics(train);
  const listed = (values: readonly number[]) => values.map((value) => value.toFixed(5)).join(', ');
  expect(about.stdout).toContain(
    `Training images by channel, 0 to 1: mean ${listed(mean)}; variance ${listed(variance)}`,
  );
  expect(about.stdout).toMatch(/^ {2}pets\.parquet row \d+ is the same as pets\.parquet row \d+$/m);
  const trained = await cli(
    ...['train', '--images', 'pets.parquet', '--run-dir', 'parquet-run', '--epochs', '1', ...small],
  );
  expect([trained.code, trained.stdout]).toEqual([
    0,
    expect.stringContaining('pets: 9 images to train on, 3 to test, of 3 classes, 16 x 16 x 3'),
  ]);
  await rm(env['DROPOUT_LAB_CACHE']!, { recursive: true });
  const again = await cli('evaluate', 'parquet-run', '--images', 'pets.parquet', '--backend', 'wasm');
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('(3 images)')]);
}, 120_000);

test.each([
  [['train', '--images', 'torn.parquet'], 'torn.parquet: expected a whole Parquet file, found'],
  [['train', '--images', 'pets.parquet', '--test', 'pets'], '--test pets: expected a Parquet file'],
  [['train', '--images', 'none'], '"no such file or directory" (ENOENT)'],
  [['train', '--images', 'pets/red'], 'expected a folder for each class'],
  [
    ['train', '--images', 'pets', '--dataset', 'shapes'],
    'expected no other data set beside it, found --dataset',
  ],
  [['train', '--images', 'pets', '--batch-size', '-1'], 'batchSize: expected a whole number above 0'],
  [['train', '--images', 'pets', '--limit-test', '999'], 'limitTest: expected at most'],
  [['train', '--images', 'pets', '--images', 'others'], 'Expected it once, found pets too'],
  [
    ['train', '--images', 'pets', '--test', './pets'],
    '--test ./pets: expected other pictures than those to train on, found the same',
  ],
  [['train', '--images', 'pets', '--test', 'pets/red'], 'found a part of them'],
  [['train', '--images', 'pets.parquet', '--test', 'pets.parquet'], 'found the same'],
  [
    ['data', 'export', 'pets', '--format', 'folder', '--to', 'pets/copy'],
    '--to pets/copy: expected a place outside pets, where each folder is a class of pictures, found one in it',
  ],
  [['train', '--images', '.'], '--run-dir runs: expected a place outside .,'],
  [
    ['train', '--images', 'pets', '--run-dir', 'pets/run'],
    '--run-dir pets/run: expected a place outside pets,',
  ],
  [['train', '--images', 'pets', '--tensorboard', 'pets/logs'], '--tensorboard pets/logs: expected a place'],
  [['sweep', '--images', '.', '--dropout', '0,0.5'], '--store runs/studies: expected a place outside .,'],
  [['data', 'info', '--size', '16'], "option '--size' cannot be used without the path of your own pictures"],
  [['data', 'info', '--test', 'pets'], "option '--test' cannot be used without"],
  [
    ['data', 'info', 'pets', '--dataset', 'shapes'],
    "option '--dataset' cannot be used with your own pictures",
  ],
  [
    ['data', 'info', 'pets', '--data-dir', 'pets'],
    "option '--data-dir' cannot be used with your own pictures",
  ],
  [['train', '--size', '64'], '--size: expected --images with it'],
  [['train', '--images', 'pets', '--size', '0'], 'Expected a number of pixels'],
  [['train', '--images', 'pets', '--strict'], 'found red/torn.png (it is not PNG'],
  ...[
    [['--validation-split', '0.1'], 'validationSplit: expected 0.'],
    [['--set', 'validationSplit=0'], 'validationSplit: expected 0.'],
    [['--split-method', 'stratified'], 'splitMethod: expected last, since the images have validation images'],
    [
      ['--limit-train', '20'],
      'limitTrain: expected none, since the images have validation images of their own',
    ],
    [['--config', 'split.json'], 'validationSplit: expected 0.'],
  ].flatMap(([options, message]): [string[], string][] => [
    [['train', '--images', 'chosen', ...options!], `${message}`],
    [['sweep', '--images', 'chosen', '--dropout', '0,0.5', ...options!], `${message}`],
  ]),
  [
    ['train', '--images', 'pets', '--data-dir', '.'],
    '--data-dir: expected a run on a data set that is fetched, such as cifar10, found one on your own images, pets: leave it out; --images says where these are',
  ],
  [
    ['train', '--images', 'pets', '--mirror', 'http://localhost/a.tar.gz'],
    '--mirror: expected a run on a data set',
  ],
  [
    ['sweep', '--images', 'pets', '--dropout', '0,0.5', '--data-dir', '.'],
    '--data-dir: expected a run on a data',
  ],
  [['import', 'model.keras', '--fit', 'fill'], '--fit: expected --images with it'],
  [['evaluate', 'run', '--data-dir', '.'], '--data-dir: expected a run on a data'],
  [['train', '--resume', 'run', '--epochs', '9', '--data-dir', '.'], '--data-dir: expected a run on a data'],
  [['sweep', '--images', 'chosen', '--validation-split', '0.1,0.2'], 'validationSplit: expected 0.'],
])('%j is refused in a sentence, with nothing trained', async (line, message) => {
  const { code, stderr } = await cli(...line);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});
