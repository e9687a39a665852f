import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetKey, type OwnImages } from '@dropout-lab/contracts';
import { settingsOfImages } from '@dropout-lab/data';
import { imageFilePath, imageFolder } from '@dropout-lab/data/node';
import { evaluateLogits, predictionsOf } from '@dropout-lab/metrics';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { exportViewer } from '../server/export-viewer.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { writeDots } from '../testing/pictures.ts';
import { createRun, wholeRun } from '../testing/runs.ts';

let browser: Browser;
let viewer: Viewer;
let cache: string;
let dataset: OwnImages;
let runsFolder: string;
/** Of the test images, one after the other. */
let pixels: Uint8Array;

beforeAll(async () => {
  browser = await sharedChromium();
  cache = temporaryFolder();
  const pets = await writeDots(join(temporaryFolder(), 'pets'), { cat: 10, dog: 10 });
  const prepared = await imageFolder(pets, { cacheDirectory: cache });
  dataset = prepared.dataset;
  pixels = prepared.test.images;
  runsFolder = temporaryFolder();
  const run = await createRun(runsFolder, 'pets', { ...settingsOfImages(dataset, 0) });
  for (const event of wholeRun) run.append(event);
  // Cats, whatever it sees.
  const { labels } = prepared.test;
  const logits = Float32Array.from({ length: labels.length * 2 }, (_, i) => (i % 2 === 0 ? 4 : 0));
  await run.writeEvaluation(evaluateLogits(logits, labels, dataset.classNames));
  await run.writePredictions(predictionsOf(logits, labels, 2));
  await run.close();
  viewer = await startViewer({ runsFolder, port: 0, dataFolder: cache });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

/** The colours in the middle of the mistakes' pictures. */
const middlesOf = (page: Page): Promise<number[][]> =>
  page.locator('svg image[role=img]').evaluateAll((images) =>
    Promise.all(
      images.map(async (image) => {
        const bitmap = await createImageBitmap(
          await (await fetch((image as SVGImageElement).href.baseVal)).blob(),
        );
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        return [...context.getImageData(bitmap.width / 2, bitmap.height / 2, 1, 1).data.slice(0, 3)];
      }),
    ),
  );

/** The same of the dogs among the test images. */
const middles = (): number[][] => {
  const [height, width] = dataset.imageShape;
  const middle = ((height / 2) * width + width / 2) * 3;
  return Array.from({ length: dataset.testImages }, (_, i) => [
    ...pixels.slice(i * height * width * 3 + middle, i * height * width * 3 + middle + 3),
  ]).filter(([red]) => red! < 128);
};

test('the mistakes of a run on pictures of one’s own are shown, until its images are gone from the cache', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/run?runs=pets`);
  await page.getByRole('heading', { name: 'Most confidently wrong' }).waitFor();
  await page
    .getByRole('img', { name: /^test image \d: cat 98%, is dog$/ })
    .first()
    .waitFor();
  await expect.poll(() => middlesOf(page)).toEqual(middles());
  expect(middles()).toHaveLength(2);
  expect(complaints).toEqual([]);

  const output = join(temporaryFolder(), 'site');
  await exportViewer({ runsFolder, output, images: true, dataFolder: cache });
  const exported = await readFile(join(output, 'data', datasetKey(dataset), 'images.bin'));
  expect(exported.equals(await readFile(imageFilePath(dataset.sha256, cache)))).toBe(true);
  await exportViewer({ runsFolder, output: join(output, 'without'), dataFolder: cache });
  const facts = await readFile(join(output, 'without', 'runs', 'catalogue.json'), 'utf8');
  expect(facts).not.toContain('hasImages');

  await rm(imageFilePath(dataset.sha256, cache));
  await page.getByText('The images of pets are not here: prepare them again').waitFor();
  await page.close();
});

test('of the cache, only the images of these runs are served', async () => {
  const other = 'a'.repeat(64);
  await writeFile(imageFilePath(other, cache), 'of somebody else');
  for (const path of [
    `data/images-${other}/images.bin`,
    `data/images-${dataset.sha256}/images.bin`,
    `data/images/${other}.bin`,
    `data/images-${other}/..%2f..%2fimages%2f${other}.bin`,
  ])
    expect([path, (await fetch(`${viewer.url}${path}`)).status]).toEqual([
      path,
      expect.toSatisfy((status) => status >= 400),
    ]);
});
