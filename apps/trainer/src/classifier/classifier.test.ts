import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DropoutLabError } from '@dropout-lab/contracts';
import { memory } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { load, loadClassifier } from '../index.ts';
import { exportedRun, serve, writePictures } from '../web/exported-run.testing.ts';

type Loaded = Awaited<ReturnType<typeof loadClassifier>>;

let folder: string;
let run: string;
let exported: string;
let classify: Loaded;

beforeAll(async () => {
  folder = temporaryFolder();
  ({ run, exported } = await exportedRun(folder));
  await writePictures(folder);
  classify = await loadClassifier(exported, { backend: 'wasm' });
}, 120_000);

afterAll(() => classify?.dispose());

const answerOf = async (picture: Parameters<Loaded>[0]) =>
  (await classify(picture)).map(({ label, probability }) => [label, expect.closeTo(probability, 6)]);

test('gives the answer of predict for every kind of picture', async () => {
  const file = join(folder, 'large.png');
  const model = await load(run);
  const expected = (await model.predict(file)).map(({ className, probability }) => [className, probability]);
  model.dispose();
  const content = await readFile(file);
  const { data, info } = await sharp(content).raw().toBuffer({ resolveWithObject: true });
  const withAlpha = await sharp(content).ensureAlpha().raw().toBuffer();
  const kinds = {
    path: file,
    url: pathToFileURL(file),
    buffer: content,
    bytes: new Uint8Array(content),
    arrayBuffer: new Uint8Array(content).buffer,
    blob: new Blob([content]),
    pixels: { data, width: info.width, height: info.height, channels: 3 },
    rgba: { data: new Uint8ClampedArray(withAlpha), width: info.width, height: info.height },
  };
  for (const [kind, picture] of Object.entries(kinds)) {
    expect([kind, expected]).toEqual([kind, await answerOf(picture)]);
  }
});

test('loads from a web address too', async () => {
  const { server, address } = await serve(exported, '/models/one/');
  const fetched = await loadClassifier(address);
  expect(await fetched(join(folder, 'small.png'))).toEqual(await classify(join(folder, 'small.png')));
  fetched.dispose();
  server.close();
});

test('of two that load at once each gets its own weights', async () => {
  const picture = join(folder, 'small.png');
  const both = await Promise.all([loadClassifier(exported), loadClassifier(exported)]);
  for (const one of both) {
    expect(await one(picture)).toEqual(await classify(picture));
    one.dispose();
  }
});

test('the spread depends on the seed alone, and only its presence on passes', async () => {
  const picture = join(folder, 'large.png');
  const plain = await classify(picture);
  expect(plain.every((one) => !('spread' in one))).toBe(true);
  const spread = await classify(picture, { passes: 30 });
  expect(spread.map(({ label, probability }) => ({ label, probability }))).toEqual(plain);
  expect(spread.every(({ spread }) => spread! > 0 && spread! < 0.5)).toBe(true);
  expect(await classify(picture, { passes: 30, seed: 0 })).toEqual(spread);
  expect(await classify(picture, { passes: 30, seed: 1 })).not.toEqual(spread);
});

test('keeps no tensor of a picture, and none at all when it is disposed of', async () => {
  const before = memory().numTensors;
  const loaded = await loadClassifier(exported);
  const whileLoaded = memory().numTensors;
  expect(whileLoaded).toBeGreaterThan(before);
  for (const options of [{}, { passes: 3 }, { passes: 3, seed: 4 }]) {
    await loaded(join(folder, 'small.png'), options);
    expect(memory().numTensors).toBe(whileLoaded);
  }
  loaded.dispose();
  expect(memory().numTensors).toBe(before);
});

describe('refusals', () => {
  test.each([
    [{ passes: 1 }, /^passes: expected a whole number from 2 to 10000, received 1/],
    [{ passes: 2.5 }, /^passes: expected a whole number/],
    [{ passes: 3, seed: -1 }, /^seed: expected a whole number from 0/],
  ])('of the options %j', async (options, message) => {
    await expect(classify(join(folder, 'small.png'), options)).rejects.toThrow(message);
  });

  test.each([
    [null, /^classify: expected the path of an image file, .* received null$/],
    [7, /received 7$/],
    [{ width: 2, height: 2 }, /received a Object$/],
    [
      { data: new Uint8Array(11), width: 2, height: 2, channels: 3 },
      /^classify: expected width x height x channels levels, .* received 11 for 2x2x3/,
    ],
    ['nowhere.png', /^nowhere\.png: expected an image that can be read/],
    [new Uint8Array(7), /^the picture: expected an image that can be read/],
  ])('of the picture %j', async (picture, message) => {
    await expect(classify(picture as string)).rejects.toThrow(message);
  });

  test.each([
    ['classifier.json', '{', /classifier\.json: expected JSON, found "\{": export the run again/],
    ['classifier.json', '{"formatVersion": 2}', /expected formatVersion 1, found 2/],
    ['classifier.json', '{"formatVersion": 1}', /expected classNames, a list of names, found none/],
    ...[
      ...['{}', '[]', 'null', '7', '{"modelTopology":{},"weightsManifest":{}}', '{"weightsManifest":[]}'],
      ...['null', '7', '"text"'].map((topology) => `{"modelTopology":${topology},"weightsManifest":[]}`),
      ...['[null]', '[7]', '[{}]', '[{"weights":null}]', '[{"weights":[null]}]', '[{"weights":[{}]}]'].map(
        (manifest) => `{"modelTopology":{},"weightsManifest":${manifest}}`,
      ),
    ].map((content): [string, string, RegExp] => [
      'model.json',
      content,
      /model\.json: expected a model that dropout-lab export RUN --format web has written, found one that cannot be loaded \(it lacks its layers, or the list of their weights\): export the run again$/,
    ]),
    [
      'model.json',
      '<html>',
      /model\.json: expected a model .* \(Unexpected token .*\): export the run again$/,
    ],
    ['weights.bin', 'short', /weights\.bin: expected \d+ bytes, for the \d+ weights of model\.json, found 5/],
  ])('of a damaged %s: %s', async (name, content, message) => {
    const damaged = join(temporaryFolder(), 'damaged');
    await cp(exported, damaged, { recursive: true });
    await writeFile(join(damaged, name), content);
    const before = memory().numTensors;
    await expect(loadClassifier(damaged)).rejects.toThrow(message);
    expect(memory().numTensors).toBe(before);
  });

  test.each([
    [{ dtype: 'int32' }, /model\.json: expected weights of float32, found int32 for conv2d\/kernel: export/],
    [
      { quantization: { dtype: 'uint8', scale: 1, min: 0 } },
      /model\.json: expected weights of float32, found quantized float32 for conv2d\/kernel/,
    ],
    [{ shape: [1e6, 1e6] }, /weights\.bin: expected \d+ bytes, for the \d+ weights of model\.json, found/],
    ...[{ shape: [-1] }, { shape: [1.5] }, { shape: ['1'] }, { shape: null }, { name: 7 }].map(
      (changes): [object, RegExp] => [changes, /cannot be loaded \(it lacks its layers, or the list of/],
    ),
  ])('of weights with %j in model.json', async (changes, message) => {
    const changed = join(temporaryFolder(), 'changed');
    await cp(exported, changed, { recursive: true });
    const model = JSON.parse(await readFile(join(changed, 'model.json'), 'utf8'));
    Object.assign(model.weightsManifest[0].weights[0], changes);
    await writeFile(join(changed, 'model.json'), JSON.stringify(model));
    const before = memory().numTensors;
    const loading = loadClassifier(changed);
    await expect(loading).rejects.toThrow(DropoutLabError);
    await expect(loading).rejects.toThrow(message);
    expect(memory().numTensors).toBe(before);
  });

  type Layers = { class_name: string; config: Record<string, unknown> }[];
  const layerOf = (list: Layers, name: string) => list.find(({ config }) => config['name'] === name)!;

  test.each<[string, (list: Layers) => void, RegExp]>([
    [
      'filters for gigabytes',
      (list) => Object.assign(layerOf(list, 'conv2d').config, { filters: 2 ** 20 }),
      /model\.json: expected conv2d\/kernel of shape \[3,3,3,1048576\], as its layer has it, in the weightsManifest, found \[3,3,3,6\]: export the run again/,
    ],
    [
      'units for more memory than any machine has',
      (list) => Object.assign(layerOf(list, 'dense').config, { units: 2 ** 40 }),
      /model\.json: expected dense\/kernel of shape \[\d+,1099511627776\], as its layer has it/,
    ],
    [
      'a layer without weights in the file',
      (list) => list.push({ class_name: 'Dense', config: { name: 'more', units: 10 } }),
      /model\.json: expected more\/kernel of shape \[10,10\], as its layer has it, in the weightsManifest, found none/,
    ],
    [
      'a layer less',
      (list) =>
        list.splice(
          list.findLastIndex(({ class_name }) => class_name === 'Dense'),
          1,
        ),
      /model\.json: expected \d+ weights, those of the layers, in the weightsManifest, found \d+/,
    ],
    [
      'larger kernels',
      (list) =>
        Object.assign(layerOf(list, 'conv2d').config, { kernel_size: [2 ** 10, 2 ** 10], padding: 'same' }),
      /model\.json: expected conv2d\/kernel of shape \[1024,1024,3,6\], as its layer has it/,
    ],
    [
      'a layer that enlarges',
      (list) =>
        list.splice(1, 0, {
          class_name: 'UpSampling2D',
          config: { name: 'larger', size: [2 ** 10, 2 ** 10], data_format: 'channels_last' },
        }),
      /model\.json: expected dense\/kernel of shape \[\d{9,},/,
    ],
    [
      'a weight by the name of another',
      (list) => Object.assign(layerOf(list, 'conv2d').config, { name: 'another' }),
      /model\.json: expected another\/kernel of shape .* in the weightsManifest, found none/,
    ],
    [
      'a layer that there is not',
      (list) => list.push({ class_name: 'Lambda', config: { name: 'l' } }),
      /model\.json: expected layers that TensorFlow\.js and dropout-lab have, found "Lambda"/,
    ],
    [
      'larger images',
      (list) => Object.assign(list[0]!.config, { batch_input_shape: [null, 4096, 4096, 3] }),
      /model\.json: expected dense\/kernel of shape \[\d{7,},/,
    ],
  ])('of a model.json with %s, without a tensor made', async (_, change, message) => {
    const changed = join(temporaryFolder(), 'changed');
    await cp(exported, changed, { recursive: true });
    const model = JSON.parse(await readFile(join(changed, 'model.json'), 'utf8'));
    change(model.modelTopology.config.layers);
    await writeFile(join(changed, 'model.json'), JSON.stringify(model));
    const before = memory().numTensors;
    const loading = loadClassifier(changed);
    await expect(loading).rejects.toThrow(DropoutLabError);
    await expect(loading).rejects.toThrow(message);
    expect(memory().numTensors).toBe(before);
  });

  test('of classes that are not the model’s', async () => {
    const other = join(temporaryFolder(), 'other');
    await cp(exported, other, { recursive: true });
    const description = JSON.parse(await readFile(join(other, 'classifier.json'), 'utf8'));
    await writeFile(
      join(other, 'classifier.json'),
      JSON.stringify({ ...description, classNames: ['a', 'b'] }),
    );
    await expect(loadClassifier(other)).rejects.toThrow(
      /expected a model from 32x32x3 to 2, as classifier\.json has it, found one from 32x32x3 to 10/,
    );
  });

  test('of a run, and of nothing', async () => {
    await expect(loadClassifier(run)).rejects.toThrow(/found a run: load\(\) opens it, or export it first/);
    await expect(loadClassifier(join(folder, 'no'))).rejects.toThrow(
      /classifier\.json: expected a file that/,
    );
  });
});
