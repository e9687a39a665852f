import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { CIFAR10, encodeCifar10 } from '@dropout-lab/cifar';
import { loadSample } from '@dropout-lab/cifar/sample';
import { evaluateLogits, predictionsOf } from '@dropout-lab/metrics';
import { buildModel, parseModelSpec } from '@dropout-lab/model';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openPage } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { violationsOf } from '../testing/axe.ts';
import { classNames, createRun, progressAtEnd, wholeRun } from '../testing/runs.ts';

let browser: Browser;
let root: string;
let viewer: Viewer;

beforeAll(async () => {
  browser = await launchChromium();
  await startBackend('cpu');
  root = temporaryFolder();
  const run = await createRun(root, 'evaluated');
  for (const event of wholeRun) run.append(event);
  // A model that is sure of a cat whatever it sees, on the 100 real test images of the sample.
  const { labels } = loadSample().test;
  const logits = Float32Array.from({ length: labels.length * 10 }, (_, i) => (i % 10 === 3 ? 4 : 0));
  await run.writeEvaluation(evaluateLogits(logits, labels, classNames));
  await run.writePredictions(predictionsOf(logits, labels, 10));
  const kernel = { name: 'conv2d/kernel', shape: [3, 3, 3, 4], values: new Float32Array(108).fill(0.5) };
  const dense = { name: 'dense/kernel', shape: [2, 2], values: Float32Array.of(3, 0.3, 4, 0.4) };
  await run.saveCheckpoint('best', {
    modelTopology: buildModel(parseModelSpec({}), 0).toJSON(null, false) as object,
    snapshot: { weights: [kernel, dense], slots: [], progress: progressAtEnd },
  });
  await run.close();
  viewer = await startViewer({ runsFolder: root, port: 0, dataFolder: join(root, 'no-data') });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

test('curves, classes, confusion, calibration and weights of a run', async () => {
  const { page, complaints } = await openPage(browser, viewer.url);
  await page.getByRole('link', { name: 'evaluated' }).click();
  await page.getByRole('heading', { level: 1, name: 'evaluated' }).waitFor();
  await expect.poll(() => page.locator('.plot svg g.line path').count()).toBe(5);
  expect(await page.getByRole('row').filter({ hasText: /^cat/ }).first().textContent()).toBe(
    'cat 100.0%10.0%',
  );
  const button = page.getByRole('button', { name: '10 of dog predicted as cat' });
  // It lies on the cell of its row and column: of ten, the sixth and the fourth.
  const cell = page.locator('.confusion g.cell rect').nth(53);
  expect(await cell.locator('title').textContent()).toBe('10 of dog predicted as cat');
  const [over, under] = [(await button.boundingBox())!, (await cell.boundingBox())!];
  for (const side of ['x', 'y', 'width', 'height'] as const) expect(over[side]).toBeCloseTo(under[side], 0);
  await button.click();
  expect(page.url()).toContain('cell=5-3');
  await page.getByRole('heading', { name: 'dog predicted as cat' }).waitFor();
  expect(await page.getByText('The images themselves are not on this machine').count()).toBe(1);
  // Confidence e^4 / (e^4 + 9) = 0.8585 where one in ten is right.
  expect(await page.getByText('Expected calibration error').textContent()).toContain('75.8%');
  // Norms over axis 0, hypot(3, 4) and hypot(0.3, 0.4), against the limit 2.
  const row = page.getByRole('row').filter({ hasText: /^dense/ });
  expect(await row.textContent()).toBe('dense0.50, 5.00, 5.0050%');
  expect(await page.getByRole('img', { name: /^filter/ }).count()).toBe(4);
  expect(complaints).toEqual([]);
  await page.close();
});

test('a cell of the confusion matrix shows its images', async () => {
  const dataFolder = temporaryFolder();
  const images = loadSample().test;
  const bytes = encodeCifar10(images.images, images.labels);
  await mkdir(join(dataFolder, CIFAR10.directory));
  for (const { name } of CIFAR10.files) await writeFile(join(dataFolder, CIFAR10.directory, name), bytes);
  const withImages = await startViewer({ runsFolder: root, port: 0, dataFolder });

  const { page, complaints } = await openPage(browser, `${withImages.url}#/run?runs=evaluated`);
  const tiles = page.getByRole('img', { name: /^test image/ });
  await page.getByRole('heading', { name: 'Most confidently wrong' }).waitFor();
  await expect.poll(() => tiles.count()).toBe(24);
  await page.getByRole('button', { name: '10 of dog predicted as cat' }).press('Enter');
  await page.getByRole('heading', { name: 'dog predicted as cat' }).waitFor();
  const dogs = [...images.labels.keys()].filter((i) => images.labels[i] === 5);
  await expect.poll(() => tiles.count()).toBe(dogs.length);
  const names = await tiles.evaluateAll((all) => all.map((tile) => tile.getAttribute('aria-label')));
  expect(names).toEqual(dogs.map((i) => `test image ${i}: cat 86%, is dog`));
  const pixel = await tiles.first().evaluate(async (tile) => {
    const image = new Image();
    image.src = tile.getAttribute('href')!;
    await image.decode();
    const context = new OffscreenCanvas(1, 1).getContext('2d')!;
    // The pixel at 31, 16 of an image of 32 by 32, which is drawn larger.
    context.drawImage(image, (-31.5 / 32) * image.width, (-16.5 / 32) * image.height);
    return [...context.getImageData(0, 0, 1, 1).data];
  });
  const at = (dogs[0]! * 32 * 32 + 16 * 32 + 31) * 3;
  expect(pixel).toEqual([...images.images.subarray(at, at + 3), 255]);
  await page.getByRole('button', { name: 'Show the most confidently wrong' }).click();
  await expect.poll(() => tiles.count()).toBe(24);
  expect(complaints).toEqual([]);
  await page.close();
  await withImages.close();
});

test('a run that does not exist is reported', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/run?runs=%3Cscript%3E`);
  await page.getByRole('heading', { name: 'No such run' }).waitFor();
  expect(await page.locator('main').textContent()).toContain('There is no run named “<script>” here');
  await page.close();
});

test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
  const { page } = await openPage(browser, `${viewer.url}#/run?runs=evaluated`, {
    colorScheme,
    bypassCSP: true,
  });
  await expect.poll(() => page.locator('.plot svg g.line path').count()).toBe(5);
  await page
    .getByRole('img', { name: /^filter/ })
    .first()
    .waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.close();
});
