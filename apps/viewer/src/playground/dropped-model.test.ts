import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import { softmax } from '@dropout-lab/metrics';
import { buildModel, logitsModel, parseModelSpec } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { encode } from 'fast-png';
import { zipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { savedModel } from '../../../../scripts/saved-model.ts';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { dropFiles } from '../testing/drop.ts';
import { createEndedRun } from '../testing/runs.ts';

let browser: Browser;
let viewer: Viewer;

beforeAll(async () => {
  browser = await sharedChromium();
  await startBackend('cpu');
  const root = temporaryFolder();
  await createEndedRun(root, 'first');
  viewer = await startViewer({ runsFolder: root, port: 0, dataFolder: join(root, 'no-data') });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

type Files = Record<string, Uint8Array>;
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Saves a model as TensorFlow.js does, its weights in files of so many bytes. */
const savedBy = async (model: LayersModel, folder = '', shard = 1000): Promise<Files> => {
  const { described, weightSpecs, bytes } = await savedModel(model);
  const count = Math.ceil(bytes.length / shard);
  const names = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  const weightsManifest = [{ paths: names.map((name) => `${folder}${name}`), weights: weightSpecs }];
  return {
    'model.json': json({ ...described, weightsManifest }),
    ...Object.fromEntries(names.map((name, i) => [name, bytes.slice(i * shard, (i + 1) * shard)])),
  };
};

/** A model of another program: of its own names, 14 x 10 pixels and 3 classes, which takes bytes. */
const foreign = (): LayersModel =>
  sequential({
    layers: [
      layers.rescaling({ inputShape: [14, 10, 3], scale: 1 / 127.5, offset: -1 }),
      layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu' }),
      layers.dropout({ rate: 0.5 }),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });

const percentages = (probabilities: ArrayLike<number>): string[] =>
  Array.from(probabilities, (probability) => `${(100 * probability).toFixed(1)}%`);

const shownOn = (page: Page): Promise<string[]> =>
  page.locator('.predictions tbody td:nth-child(3)').allTextContents();

const classesOn = (page: Page): Promise<string[]> => page.locator('.predictions tbody th').allTextContents();

const onRuns = async () => {
  const opened = await openPage(browser, `${viewer.url}?backend=wasm#/runs`);
  await opened.page.getByRole('link', { name: 'first' }).waitFor();
  return opened;
};

test.each(['dropped', 'in a ZIP'])(
  'a model of TensorFlow.js with its weights, %s, classifies a picture as it does there',
  async (way) => {
    const model = foreign();
    const files = await savedBy(model, './shards/');
    expect(Object.keys(files).length).toBeGreaterThan(2);
    const { page, complaints } = await onRuns();
    if (way === 'dropped') await dropFiles(page, files);
    else {
      const zip = Object.fromEntries(
        Object.entries(files).map(([name, content]) => [`mine/${name}`, content]),
      );
      await dropFiles(page, { 'model.zip': zipSync(zip) });
    }
    await page.getByRole('heading', { level: 1, name: 'Playground' }).waitFor();
    await expect
      .poll(() => page.getByText('model.json has no classifier.json beside it').textContent())
      .toBe(
        'model.json has no classifier.json beside it: its classes are numbered. model.json: its first layer takes bytes, 0 to 255: it was changed to take pixels from 0 to 1, as here.',
      );
    await page.getByText('did not come with it.').waitFor();
    const pixels = Uint8Array.from({ length: 14 * 10 * 3 }, (_, i) => (i * 37) % 256);
    await page.getByLabel('Choose a picture').setInputFiles({
      name: 'mine.png',
      mimeType: 'image/png',
      buffer: Buffer.from(encode({ width: 10, height: 14, data: pixels, channels: 3 })),
    });
    const expected = tf.tidy(() =>
      percentages(
        (model.predict(tf.tensor(Float32Array.from(pixels), [1, 14, 10, 3])) as tf.Tensor).dataSync(),
      ),
    );
    await expect.poll(() => shownOn(page)).toEqual(expected);
    expect(await classesOn(page)).toEqual(['class 0', 'class 1', 'class 2']);
    // What was assumed is said of this model alone.
    await page.getByRole('link', { name: 'Compare', exact: true }).click();
    await expect.poll(() => page.getByText('has no classifier.json').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
    model.dispose();
  },
);

test('the files of a web export, with its names of classes and its test images', async () => {
  const { test: images } = loadSample();
  const spec = parseModelSpec({ filters: [4, 8], units: [16], dropout: { rate: 0.25 } });
  const model = buildModel(spec, 5);
  const classifier = {
    formatVersion: 1,
    classNames: images.classNames,
    preprocessing: {
      ...{ imageShape: [32, 32, 3], fit: 'cover', background: '#ffffff' },
      ...{ divideBy: 255, dataFormat: 'channels_last' },
    },
    dropoutFactor: 1,
    run: { id: 'x', dataset: 'cifar10', checkpoint: 'last', version: '0.1.0' },
  };
  const files = {
    'README.md': Buffer.from('#'),
    ...(await savedBy(model)),
    'classifier.json': json(classifier),
  };
  const { page, complaints } = await onRuns();
  await page.getByRole('link', { name: 'Playground', exact: true }).click();
  await dropFiles(page, files);
  await expect.poll(() => page.url()).toContain('runs=model');
  const pixels = images.images.slice(0, 3072);
  const expected = tf.tidy(() => {
    const batch = tf.div(tf.tensor(Float32Array.from(pixels), [1, 32, 32, 3]), 255);
    return percentages(softmax((logitsModel(model).apply(batch) as tf.Tensor).dataSync<'float32'>(), 10));
  });
  await expect.poll(() => shownOn(page)).toEqual(expected);
  expect(await classesOn(page)).toEqual(
    images.classNames.map((name, i) => (i === images.labels[0] ? `${name} true` : name)),
  );
  expect(await page.getByText('has no classifier.json').count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();

  await refusals(files, classifier);
});

/** Drops files that do not belong together, each refused in a sentence. */
const refusals = async (files: Files, classifier: object): Promise<void> => {
  const [shard] = Object.keys(files).filter((name) => name.endsWith('.bin'));
  const { page, complaints } = await onRuns();
  const text = Buffer.from(files['model.json']!).toString();
  const edited = (from: string, to: string): Uint8Array => Buffer.from(text.replace(from, to));
  const described = (changes: object) => ({ 'classifier.json': json({ ...classifier, ...changes }) });
  const preprocessing = { imageShape: [32, 32, 3], fit: 'cover', divideBy: 255, dataFormat: 'channels_last' };
  const cases: [Files, RegExp][] = [
    [
      { 'model.json': files['model.json']! },
      /^model\.json: expected its weights, \d+ files, among them group1-shard1of\d+\.bin, dropped with it, found none of that name: drop model\.json together with them$/,
    ],
    [
      { [shard!]: files[shard!]! },
      /^group1-shard1of\d+\.bin: expected the model\.json of a model .*, found 1 file and none of them is it: /,
    ],
    [{ 'a.json': json({}), 'b.json': json({}) }, /^a\.json: .* found 2 files and 2 of them could be it: /],
    [
      { 'notes.json': json({ a: 1 }) },
      /^notes\.json: expected a model with its layers in modelTopology, found none/,
    ],
    [
      { 'model.json': json({ format: 'graph-model', modelTopology: {} }) },
      /^model\.json: expected a model of layers, found a graph of operations/,
    ],
    [{ 'model.json': Buffer.from('[[') }, /^model\.json: expected JSON/],
    [{ ...files, [shard!]: files[shard!]!.slice(1) }, /^model\.json: expected \d+ bytes of weights in /],
    [
      { ...files, 'model.json': edited('conv2d/kernel', 'other/kernel') },
      /^model\.json: expected the 8 weights of the model, such as conv2d\/kernel, found 8, .*: /,
    ],
    [
      { ...files, 'model.json': edited('"units":16', '"units":160000') },
      /^model\.json: expected the \d+ weights, or more, of the layers that it describes, found \d+: /,
    ],
    [
      { ...files, 'model.json': edited('"Flatten"', '"LSTM"') },
      /^model\.json: "flatten" \(LSTM\): expected one of the layers /,
    ],
    [
      { ...files, ...described({ preprocessing: { ...preprocessing, divideBy: 1 } }) },
      /^classifier\.json: preprocessing\.divideBy: expected 255, received 1/,
    ],
    [
      { ...files, ...described({ preprocessing: { ...preprocessing, imageShape: [28, 28, 1] } }) },
      /^classifier\.json: expected images of \[32,32,3\], channels_last, .* found \[28,28,1\], channels_last: /,
    ],
    [{ ...files, ...described({ classNames: ['cat', 'dog'] }) }, /^model\.json: .*classNames/],
  ];
  for (const [given, expected] of cases) {
    expect(await dropFiles(page, given)).toBe(true);
    await expect.poll(() => page.getByRole('alert').first().textContent()).toMatch(expected);
    expect((await page.getByRole('alert').first().textContent())!.length).toBeLessThan(500);
  }
  expect(await page.locator('tbody tr').count()).toBe(1);
  expect(complaints).toEqual([]);
  await page.close();
};
