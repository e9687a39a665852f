import { access, cp, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { openRunDirectory } from '@dropout-lab/runs/node';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { encode } from 'fast-png';
import { beforeAll, expect, test } from 'vitest';
import { savedModel } from '../../../../../scripts/saved-model.ts';
import { temporaryFolder } from '../../../../../scripts/temporary-folder.ts';
import { callCli, writeSmallRun } from '../../command/testing.ts';

const folder = temporaryFolder();
const run = join(folder, 'run');
const web = join(folder, 'web');

beforeAll(async () => {
  await startBackend('cpu');
  const config = await writeSmallRun(folder, { epochs: 1, limitTrain: 200 });
  const trained = ['train', '--config', config, '--run-dir', run, '--backend', 'wasm'];
  expect(await callCli(trained, { cwd: folder })).toMatchObject({ code: 0 });
  const exported = ['export', run, '--format', 'web', '--output', web];
  expect(await callCli(exported, { cwd: folder })).toMatchObject({ code: 0 });
});

const importInto = (name: string, file: string, ...options: string[]) =>
  callCli(['import', file, '--run-dir', join(folder, name), ...options], { cwd: folder });

test('a model that was exported for the web comes back to the bit, with its data set', async () => {
  const { code, stdout } = await importInto('back', join(web, 'model.json'));
  expect([code, stdout.split('\n')]).toEqual([
    0,
    [
      expect.stringMatching(/^Imported \d+ parameters from .*model\.json$/),
      `Run directory: ${join(folder, 'back')}`,
    ],
  ]);
  const [before, after] = await Promise.all([openRunDirectory(run), openRunDirectory(join(folder, 'back'))]);
  expect((await after.loadCheckpoint('last')).snapshot.weights).toEqual(
    (await before.loadCheckpoint('last')).snapshot.weights,
  );
  expect(after.manifest).toMatchObject({
    importedFrom: { file: 'model.json', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    classNames: before.manifest.classNames,
    config: { dataset: 'cifar10' },
  });
  const picture = join(folder, 'grey.png');
  await writeFile(
    picture,
    encode({ width: 1, height: 1, data: new Uint8Array([90]), channels: 1, depth: 8 }),
  );
  const predict = (path: string) => callCli(['predict', path, picture, '--json'], { cwd: folder });
  expect(await predict(join(folder, 'back'))).toEqual(await predict(run));
});

/** A model of another program: of 14 x 10 pixels and 3 classes. */
const foreign = (): LayersModel =>
  sequential({
    layers: [
      layers.conv2d({ inputShape: [14, 10, 3], filters: 4, kernelSize: 3, activation: 'relu' }),
      layers.dropout({ rate: 0.5 }),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });

/** Saves as TensorFlow.js does, in two files of weights; `change` makes another of its `model.json`. */
const save = async (
  model: LayersModel,
  name: string,
  change: (file: { weightsManifest: { paths: string[] }[] }) => object = (file) => file,
): Promise<string> => {
  const { described, weightSpecs, bytes } = await savedModel(model);
  const place = resolve(folder, name);
  await mkdir(join(place, 'shards'), { recursive: true });
  await writeFile(join(place, 'shards', '1.bin'), bytes.subarray(0, 1000));
  await writeFile(join(place, 'shards', '2.bin'), bytes.subarray(1000));
  const weightsManifest = [{ paths: ['./shards/1.bin', 'shards/2.bin'], weights: weightSpecs }];
  const file = change({ ...described, weightsManifest } as never);
  await writeFile(join(place, 'model.json'), JSON.stringify(file));
  return join(place, 'model.json');
};

test('a model of stock TensorFlow.js predicts as it does there; who gives no classes gets numbers', async () => {
  const model = foreign();
  const file = await save(model, 'foreign');
  const { code, stdout } = await importInto('stock', file);
  expect(code).toBe(0);
  expect(stdout).toContain('No file names its classes, which are numbered; --dataset or --images');
  const pixels = Uint8Array.from({ length: 14 * 10 * 3 }, (_, i) => (37 * i) % 256);
  const picture = join(folder, 'picture.png');
  await writeFile(picture, encode({ width: 10, height: 14, data: pixels, channels: 3, depth: 8 }));
  const expected = tf.tidy(() => {
    const image = tf.tensor(
      Float32Array.from(pixels, (level) => level / 255),
      [1, 14, 10, 3],
    );
    return [...(model.predict(image) as tf.Tensor).dataSync()];
  });
  const args = ['predict', join(folder, 'stock'), picture, '--json', '--backend', 'cpu'];
  const { classes } = JSON.parse((await callCli(args, { cwd: folder })).stdout);
  const found = new Map<string, number>(
    classes.map(({ className, probability }: { className: string; probability: number }) => [
      className,
      probability,
    ]),
  );
  for (const [i, probability] of expected.entries())
    expect(Math.abs(found.get(`class ${i}`)! - probability)).toBeLessThan(1e-6);
});

test('pictures of one’s own, or a data set that is named, give the classes', async () => {
  const file = await save(foreign(), 'named');
  for (const [name, level] of [
    ['cat', 20],
    ['dog', 120],
    ['eel', 220],
  ] as const) {
    await mkdir(join(folder, 'pets', name), { recursive: true });
    const data = new Uint8Array(14 * 10 * 3);
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < data.length; j++) data[j] = level + i + (j % 3);
      const png = encode({ width: 10, height: 14, data, channels: 3, depth: 8 });
      await writeFile(join(folder, 'pets', name, `${i}.png`), png);
    }
  }
  const { code: ended, stdout, stderr: problem } = await importInto('pets-run', file, '--images', 'pets');
  expect([ended, problem]).toEqual([0, '']);
  expect(stdout).not.toContain('numbered');
  const { manifest } = await openRunDirectory(join(folder, 'pets-run'));
  expect(manifest).toMatchObject({
    classNames: ['cat', 'dog', 'eel'],
    config: { dataset: { fit: 'cover' } },
  });
  const { code, stderr } = await importInto('never', file, '--dataset', 'cifar10');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/expected 10/)]);
});

const withPaths =
  (...paths: readonly string[]) =>
  (file: { weightsManifest: { paths: string[] }[] }) => ({
    ...file,
    weightsManifest: [{ ...file.weightsManifest[0], paths }],
  });

test.each<[string, (place: string) => Promise<unknown>, RegExp]>([
  [
    'a file of weights is missing',
    (place) => rm(join(place, 'shards', '2.bin')),
    /shards.2\.bin: expected a file of weights that can be read, but the system says "no such file or directory" \(ENOENT\)/,
  ],
  [
    'a file of weights is longer',
    (place) => truncate(join(place, 'shards', '2.bin'), 99_999),
    /model\.json: expected \d+ bytes of weights in 2 files .*, found 100999: copy the files again/,
  ],
  [
    'a file of weights is longer than any can be',
    (place) => truncate(join(place, 'shards', '2.bin'), 2 ** 31),
    /shards.2\.bin: expected a file of weights that can be read, but/,
  ],
  [
    'a file of weights is a folder',
    async (place) => {
      await rm(join(place, 'shards', '2.bin'));
      await mkdir(join(place, 'shards', '2.bin'));
    },
    /shards.2\.bin: expected a file of weights that can be read, but it is a folder/,
  ],
  [
    'a path leads out of the folder',
    (place) => save(foreign(), place, withPaths('shards/1.bin', '../1.bin')),
    /model\.json: expected files of weights in its folder, found the path \.\.\/1\.bin: put them there/,
  ],
  [
    'a path leads out of the folder by a way around',
    (place) => save(foreign(), place, withPaths('shards/1.bin', 'shards/../../1.bin')),
    /model\.json: expected files of weights in its folder/,
  ],
  [
    'a path is absolute',
    (place) => save(foreign(), place, withPaths('shards/1.bin', '/etc/hostname')),
    /model\.json: expected files of weights in its folder/,
  ],
  [
    'it is a graph',
    (place) => save(foreign(), place, (file) => ({ ...file, format: 'graph-model' })),
    /model\.json: expected a model of layers, found a graph of operations: save it with model\.save/,
  ],
  [
    'it has no weights',
    (place) => save(foreign(), place, ({ weightsManifest: _, ...file }) => file),
    /model\.json: weightsManifest: expected the list of the model's weights, found nothing: save the model/,
  ],
  ['it is cut', (place) => truncate(join(place, 'model.json'), 100), /model\.json: expected JSON/],
  [
    'it is longer than any is',
    (place) => truncate(join(place, 'model.json'), 2 ** 24 + 1),
    /model\.json: expected a model\.json of at most 16777216 bytes, found 16777217: save the model again/,
  ],
  [
    'the description beside it is of another model',
    (place) => cp(join(web, 'classifier.json'), join(place, 'classifier.json')),
    /classifier\.json: expected images of \[14,10,3\], channels_last, which the model beside it takes, found \[32,32,3\]/,
  ],
  [
    'the description beside it is none',
    (place) => writeFile(join(place, 'classifier.json'), '{"formatVersion": 1}'),
    /classifier\.json: expected classNames, a list of names, found none/,
  ],
])('refused where %s: one sentence, and no run', async (_, damage, message) => {
  await rm(join(folder, 'bad'), { recursive: true, force: true });
  const file = await save(foreign(), 'bad');
  await damage(join(folder, 'bad'));
  const { code, stderr } = await importInto('refused', file);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(2);
  await expect(access(join(folder, 'refused'))).rejects.toThrow();
});
