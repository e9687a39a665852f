import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import type { ModelInput } from '@dropout-lab/contracts';
import { encodeSafetensorsModel } from '@dropout-lab/interchange';
import { softmax } from '@dropout-lab/metrics';
import {
  buildModel,
  Dropout,
  logitsModel,
  parseModelSpec,
  readWeights,
  setDropoutPosition,
} from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { encode } from 'fast-png';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { violationsOf } from '../testing/axe.ts';
import { dropFiles } from '../testing/drop.ts';
import { createRun, progressAtEnd, wholeRun } from '../testing/runs.ts';

const SEED = 5;
const tutorial = (rate: number): ModelInput => ({ filters: [4, 8], units: [16], dropout: { rate } });
/** Of grey images, with a residual block, and logits at its end. */
const grey = (rates: readonly [number, number]): ModelInput => ({
  inputShape: [28, 28, 1],
  layers: [
    { kind: 'conv2d', filters: 4, activation: 'relu' },
    {
      kind: 'residual',
      layers: [
        { kind: 'conv2d', filters: 4, padding: 'same', activation: 'relu' },
        { kind: 'dropout', rate: rates[0] },
      ],
    },
    { kind: 'max_pooling2d' },
    { kind: 'flatten' },
    { kind: 'dropout', rate: rates[1] },
    { kind: 'dense', units: 10 },
  ],
});
const { test: images } = loadSample();

let browser: Browser;
let viewer: Viewer;
let root: string;
let model: LayersModel;
let greyModel: LayersModel;

beforeAll(async () => {
  browser = await sharedChromium();
  await startBackend('cpu');
  root = temporaryFolder();
  model = await createTrained('trained', tutorial(0.25));
  greyModel = await createTrained('with-greys', grey([0.2, 0.5]));
  viewer = await startViewer({ runsFolder: root, port: 0, dataFolder: join(root, 'no-data') });
});

/** A run whose model is as it was drawn. */
const createTrained = async (name: string, input: ModelInput): Promise<LayersModel> => {
  const built = buildModel(parseModelSpec(input), SEED);
  const run = await createRun(root, name, { model: input, seed: SEED });
  for (const event of wholeRun) run.append(event);
  await run.saveCheckpoint('best', {
    modelTopology: built.toJSON(null, false) as object,
    snapshot: { weights: await readWeights(built), slots: [], progress: progressAtEnd },
  });
  await run.close();
  return built;
};

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

/** Returns the prediction that Node gives for a test image: `30.1%` by class. */
const expectedOf = (index: number): string[] =>
  expectedIn(model, images.images.slice(index * 3072, (index + 1) * 3072));

const expectedIn = (classifier: LayersModel, pixels: Uint8Array): string[] => {
  const logits = tf.tidy(() => {
    const shape = classifier.inputs[0]!.shape.slice(1) as number[];
    const batch = tf.div(tf.tensor(Float32Array.from(pixels), [1, ...shape]), 255);
    return (logitsModel(classifier).apply(batch) as tf.Tensor).dataSync<'float32'>();
  });
  return [...softmax(logits, 10)].map((probability) => `${(100 * probability).toFixed(1)}%`);
};

/** Returns the plain prediction by class, as the page shows it; nothing before there is one. */
const shownOn = (page: Page): Promise<string[]> =>
  page.locator('.predictions tbody td:nth-child(3)').allTextContents();

const masksOn = (page: Page): Promise<string[]> => captionsOn(page, 'kept of').allTextContents();

const featureMapsOn = (page: Page): Promise<string[]> => captionsOn(page, 'maps of').allTextContents();

const captionsOn = (page: Page, words: string): Locator =>
  page
    .getByRole('region', { name: 'Feature maps and masks' })
    .locator('figcaption')
    .filter({ hasText: words });

/** Returns how much of each layer under its mask is drawn as kept, and whether that has values of its own. */
const drawnUnder = (page: Page) =>
  captionsOn(page, 'kept of')
    .locator('xpath=..')
    .locator('image')
    .evaluateAll((images) =>
      Promise.all(
        images.map(async (image) => {
          const source = await fetch((image as SVGImageElement).href.baseVal);
          const bitmap = await createImageBitmap(await source.blob());
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
          context.drawImage(bitmap, 0, 0);
          const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
          const pixels = Array.from({ length: data.length / 4 }, (_, i) => `${data.slice(4 * i, 4 * i + 4)}`);
          // Between tiles there is nothing.
          const opaque = pixels.filter((pixel) => pixel.endsWith(',255'));
          const kept = opaque.filter((pixel) => pixel !== '122,58,20,255');
          return {
            kept: `${((100 * kept.length) / opaque.length).toFixed(1)}%`,
            isGrey: new Set(kept).size > 3,
          };
        }),
      ),
    );

/** Returns how much a mask keeps in Node. */
const keptInNode = (rate: number, draw: number): string[] => keptBy(tutorial(rate), draw);

const keptBy = (input: ModelInput, draw: number, seed = SEED): string[] => {
  const other = buildModel(parseModelSpec(input), seed);
  setDropoutPosition(other, { step: draw });
  const kept = other.layers
    .filter((layer) => layer instanceof Dropout)
    .map((layer) => {
      const shape = (layer.outputShape as number[]).slice(1);
      const mask = tf.tidy(() =>
        (layer.apply(tf.ones([1, ...shape]), { training: true }) as tf.Tensor).dataSync(),
      );
      const share = mask.filter((value) => value > 0).length / mask.length;
      return `${layer.name}: ${(100 * share).toFixed(1)}% kept of ${mask.length}, and multiplied by ${Math.max(...mask).toFixed(2)}`;
    });
  other.dispose();
  return kept;
};

test('on WebGL a model predicts the same for a test image as in Node, and its feature maps are shown', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/playground?image=3`);
  await expect.poll(() => shownOn(page)).toEqual(expectedOf(3));
  expect(await page.locator('.what-computes').textContent()).toMatch(/^webgl \(.*SwiftShader/);
  expect(await featureMapsOn(page)).toEqual(['conv2d: 4 maps of 30 × 30', 'conv2d_1: 8 maps of 13 × 13']);
  await page.getByRole('button', { name: /^test image 7,/ }).click();
  await expect.poll(() => shownOn(page)).toEqual(expectedOf(7));
  expect(page.url()).toContain('image=7');
  expect(complaints).toEqual([]);
  await page.close();
});

test('masks are those of training, redrawn at will, at any rate; passes spread', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/playground?backend=wasm`);
  await expect.poll(() => masksOn(page)).toEqual(keptInNode(0.25, 0));
  // Each lies over what its layer is given: of all that is drawn, brown is what is dropped.
  // A tile is drawn after its caption.
  await expect
    .poll(() => drawnUnder(page))
    .toEqual(keptInNode(0.25, 0).map((words) => ({ kept: /[\d.]+%/.exec(words)![0], isGrey: true })));
  // The network as it is, with its dropout where it sits and at the rate of the masks.
  const layers = () =>
    page.getByRole('region', { name: 'The network' }).getByRole('listitem').allTextContents();
  const inNode = (rate: number) =>
    model.layers.map((layer) =>
      layer instanceof Dropout
        ? `${layer.name}drops ${rate.toFixed(2)}`
        : `${layer.name}${(layer.outputShape as number[]).slice(1).join(' × ')}`,
    );
  expect(await layers()).toEqual(inNode(0.25));
  expect(inNode(0.25).filter((words) => words.includes('drops'))).toHaveLength(2);
  expect(await page.getByText('parameters in all').textContent()).toContain(
    `${new Intl.NumberFormat('en').format(model.countParams())} parameters`,
  );
  const spread = () => page.locator('.predictions tbody td:nth-child(4)').allTextContents();
  const before = await spread();
  expect(before[0]).toMatch(/^\d+\.\d% ± \d+\.\d$/);
  expect(await page.locator('.predictions line.pass').count()).toBe(300);
  await page.getByRole('button', { name: 'Draw other masks' }).click();
  await expect.poll(() => masksOn(page)).toEqual(keptInNode(0.25, 1));
  expect(await spread()).not.toEqual(before);
  await page.getByLabel('Dropout rate').fill('0.6');
  await expect.poll(() => masksOn(page)).toEqual(keptInNode(0.6, 1));
  expect(await layers()).toEqual(inNode(0.6));
  // The plain prediction knows nothing of the rate.
  expect(await shownOn(page)).toEqual(expectedOf(0));
  await page.getByLabel('Dropout rate').fill('0');
  await expect.poll(() => masksOn(page)).toEqual([]);
  expect(await page.getByRole('button', { name: 'Draw other masks' }).isDisabled()).toBe(true);
  await page.close();
});

test('classifies a PNG that is dropped, pasted or chosen, and refuses what is no image', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/playground?backend=wasm`);
  await expect.poll(() => shownOn(page)).toEqual(expectedOf(0));
  const pngOf = (index: number): number[] => {
    const data = images.images.slice(index * 3072, (index + 1) * 3072);
    return [...encode({ width: 32, height: 32, data, channels: 3 })];
  };
  const give = (kind: 'drop' | 'paste', name: string, bytes: readonly number[]) =>
    page.evaluate(
      ([kind, name, bytes]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(bytes)], name, { type: 'image/png' }));
        const event =
          kind === 'drop'
            ? new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })
            : new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true });
        document.querySelector('.playground')!.dispatchEvent(event);
      },
      [kind, name, bytes] as const,
    );

  await give('drop', 'dropped.png', pngOf(11));
  await expect.poll(() => shownOn(page)).toEqual(expectedOf(11));
  expect(await page.getByText('dropped.png').count()).toBe(1);
  await give('paste', 'pasted.png', pngOf(12));
  await expect.poll(() => shownOn(page)).toEqual(expectedOf(12));
  await page.getByLabel('Choose a picture').setInputFiles({
    name: 'chosen.png',
    mimeType: 'image/png',
    buffer: Buffer.from(pngOf(13)),
  });
  await expect.poll(() => shownOn(page)).toEqual(expectedOf(13));
  await give('drop', 'notes.png', [1, 2, 3]);
  await page.getByText('notes.png: expected an image that this browser can show').waitFor();
  expect(await shownOn(page)).toEqual(expectedOf(13));
  expect(complaints).toEqual([]);
  await page.close();
});

test('takes the model in a .safetensors file that is dropped, with its layers and classes', async () => {
  const { page, complaints } = await openPage(
    browser,
    `${viewer.url}#/playground?runs=with-greys&backend=wasm`,
  );
  await page.getByRole('heading', { level: 1, name: 'Playground' }).waitFor();
  const own = { classNames: Array.from({ length: 10 }, (_, i) => `kind ${i}`), dataset: 'cifar10' } as const;
  const bytes = encodeSafetensorsModel(await readWeights(model), parseModelSpec(tutorial(0.25)), own);
  await dropFiles(page, { 'dropped.safetensors': bytes });
  await expect.poll(() => page.url()).toContain('runs=dropped');
  await expect.poll(() => shownOn(page)).toEqual(expectedOf(0));
  expect(await page.locator('.predictions tbody th').allTextContents()).toEqual(
    own.classNames.map((name, i) => (i === images.labels[0] ? `${name} true` : name)),
  );
  // Of the seed of no training.
  await expect.poll(() => masksOn(page)).toEqual(keptBy(tutorial(0.25), 0, 0));
  expect(complaints).toEqual([]);
  await page.close();
});

test('a model of layers, of grey images, with a residual block and without a softmax', async () => {
  const { page, complaints } = await openPage(
    browser,
    `${viewer.url}#/playground?runs=with-greys&backend=wasm`,
  );
  const pixels = Uint8Array.from({ length: 28 * 28 }, (_, i) => (i * 37) % 256);
  await page.getByLabel('Choose a picture').setInputFiles({
    name: 'grey.png',
    mimeType: 'image/png',
    buffer: Buffer.from(encode({ width: 28, height: 28, data: pixels, channels: 1 })),
  });
  await expect.poll(() => shownOn(page)).toEqual(expectedIn(greyModel, pixels));
  const pixel = await page.getByRole('img', { name: 'grey.png' }).evaluate((canvas) => {
    const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(3, 0, 1, 1);
    return [...data];
  });
  expect(pixel).toEqual([111, 111, 111, 255]);
  expect(await featureMapsOn(page)).toEqual(['conv2d: 4 maps of 26 × 26', 'conv2d_1: 4 maps of 26 × 26']);
  // Each layer at its own rate, until all of them get another.
  await expect.poll(() => masksOn(page)).toEqual(keptBy(grey([0.2, 0.5]), 0));
  expect(await page.getByLabel('Dropout rate').inputValue()).toBe('0.5');
  await page.getByLabel('Dropout rate').fill('0.6');
  await expect.poll(() => masksOn(page)).toEqual(keptBy(grey([0.6, 0.6]), 0));
  expect(complaints).toEqual([]);
  await page.close();
});

test('another backend takes over in the middle of a computation', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/playground?backend=webgl`);
  await page.locator('.what-computes').getByText('webgl').waitFor();
  // Its first passes take a second.
  await page.getByLabel('Compute on').selectOption('wasm');
  await page.getByRole('button', { name: /^test image 6,/ }).click();
  await expect.poll(() => shownOn(page)).toEqual(expectedOf(6));
  expect(await page.locator('.what-computes').textContent()).toMatch(/^wasm/);
  await expect.poll(() => page.locator('.playground [aria-busy="true"]').count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();
});

test('follows the webcam until it is stopped', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/playground?backend=wasm`);
  await expect.poll(() => shownOn(page)).toEqual(expectedOf(0));
  await page.getByRole('button', { name: 'Use the webcam' }).click();
  await page.getByText('the webcam', { exact: true }).waitFor();
  await expect.poll(() => shownOn(page)).not.toEqual(expectedOf(0));
  // Chromium's test picture moves.
  const first = await shownOn(page);
  await expect.poll(() => shownOn(page)).not.toEqual(first);
  await page.getByRole('button', { name: 'Stop the webcam' }).click();
  await page.getByRole('button', { name: /^test image 2,/ }).click();
  await expect.poll(() => shownOn(page)).toEqual(expectedOf(2));
  expect(complaints).toEqual([]);
  await page.close();
});

test('continues on wasm when the graphics processor is lost', async () => {
  const fragile = await launchChromium();
  try {
    const { page } = await openPage(fragile, `${viewer.url}#/playground`);
    await expect.poll(() => shownOn(page)).toEqual(expectedOf(0));
    await (await fragile.newBrowserCDPSession()).send('Browser.crashGpuProcess');
    await expect
      .poll(() => page.locator('.what-computes').textContent())
      .toMatch(/^wasm \(SIMD\).*since another backend failed: the browser lost the graphics processor/);
    await page.getByRole('button', { name: /^test image 4,/ }).click();
    await expect.poll(() => shownOn(page)).toEqual(expectedOf(4));
  } finally {
    await fragile.close();
  }
});

test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
  const { page } = await openPage(browser, `${viewer.url}#/playground?backend=wasm`, {
    colorScheme,
    bypassCSP: true,
  });
  await expect.poll(() => shownOn(page)).toEqual(expectedOf(0));
  expect(await violationsOf(page)).toEqual([]);
  await page.close();
});
