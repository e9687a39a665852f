import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { CIFAR10, encodeCifar10 } from '@dropout-lab/cifar';
import { loadSample } from '@dropout-lab/cifar/sample';
import { datasetOf, type RunEvent } from '@dropout-lab/contracts';
import { evaluateLogits, predictionsOf } from '@dropout-lab/metrics';
import { buildModel, parseModelSpec } from '@dropout-lab/model';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { violationsOf } from '../testing/axe.ts';
import { downloaded } from '../testing/downloaded.ts';
import { classNames, createRun, progressAtEnd, stepEvent, wholeRun, writeRunFiles } from '../testing/runs.ts';

let browser: Browser;
let root: string;
let viewer: Viewer;

beforeAll(async () => {
  browser = await sharedChromium();
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
  // The cell of its row and column: of ten, the sixth and the fourth.
  const cell = page.locator('.confusion g.cell rect').nth(53);
  expect(await cell.locator('title').textContent()).toBe('10 of dog predicted as cat');
  await cell.hover({ force: true });
  await page.getByText('10 of dog predicted as cat (100.0%)').waitFor();
  const [over, under] = [
    (await page.locator('.confusion .marked-cell').boundingBox())!,
    (await cell.boundingBox())!,
  ];
  for (const side of ['x', 'y', 'width', 'height'] as const) expect(over[side]).toBeCloseTo(under[side], 0);
  await cell.click({ force: true });
  expect(page.url()).toContain('cell=5-3');
  await page.getByRole('heading', { name: 'dog predicted as cat' }).waitFor();
  expect(await page.getByText('The images of CIFAR-10 are not on this machine').count()).toBe(1);
  // Confidence e^4 / (e^4 + 9) = 0.8585 where one in ten is right.
  expect(await page.getByText('Expected calibration error').textContent()).toContain('75.8%');
  // Norms over axis 0, hypot(3, 4) and hypot(0.3, 0.4), against the limit 2.
  const row = page.getByRole('row').filter({ hasText: /^dense/ });
  expect(await row.textContent()).toBe('dense0.50, 5.00, 5.0050%');
  expect(await page.getByRole('img', { name: /^filter/ }).count()).toBe(4);
  expect(complaints).toEqual([]);
  await page.close();
});

test('a chart is saved with the name of its run', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/run?runs=evaluated`);
  await page.locator('.plot svg').first().waitFor();
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'SVG' }).nth(1).click();
  const file = await waiting;
  expect(file.suggestedFilename()).toBe('accuracy-of-evaluated.svg');
  const svg = (await downloaded(file)).toString();
  expect(svg).toContain('>Accuracy of evaluated<');
  await page.close();
});

test('a cell of the confusion matrix shows its images', async () => {
  const dataFolder = temporaryFolder();
  const images = loadSample().test;
  const bytes = encodeCifar10(images.images, images.labels);
  await mkdir(join(dataFolder, CIFAR10.directory));
  for (const { name } of CIFAR10.files) await writeFile(join(dataFolder, CIFAR10.directory, name), bytes);
  const withImages = await startViewer({ runsFolder: root, port: 0, dataFolder });

  const { page, complaints } = await openPage(browser, `${withImages.url}#/runs`);
  const sizes: number[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('test_batch.bin')) sizes.push(Number(response.headers()['content-length']));
  });
  await page.getByRole('link', { name: 'evaluated' }).click();
  const tiles = page.getByRole('img', { name: /^test image/ });
  await page.getByRole('heading', { name: 'Most confidently wrong' }).waitFor();
  await expect.poll(() => tiles.count()).toBe(24);
  const matrix = page.getByRole('group', { name: /^Confusion matrix/ });
  await matrix.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown']) {
    await page.keyboard.press(key);
  }
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  await expect
    .poll(() => page.getByRole('status', { name: 'Announcements' }).textContent())
    .toBe('10 of dog predicted as cat (100.0%)');
  await page.keyboard.press('Enter');
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
  // The pair is among the top confusions, too.
  // A mistake leads to the playground.
  expect(await page.locator('a:has(image)').first().getAttribute('href')).toMatch(
    /#\/playground\?runs=evaluated(&image=\d+)?$/,
  );
  await page.getByRole('button', { name: /^dog as cat/ }).press('Enter');
  await page.getByRole('heading', { name: 'dog predicted as cat' }).waitFor();
  // Of the file with the images, no more was asked for than what is shown.
  expect(sizes.length).toBeGreaterThan(1);
  expect(sizes.every((size) => size > 0 && size % 3073 === 0 && size < bytes.length)).toBe(true);
  expect(complaints).toEqual([]);
  await page.close();
  await withImages.close();
});

test('a hundred classes are a drawing of a few elements, with the top confusions as buttons', async () => {
  const many = temporaryFolder();
  const run = await createRun(many, 'hundred', { dataset: 'cifar100' });
  for (const event of wholeRun) run.append(event);
  const labels = Uint8Array.from({ length: 1000 }, (_, i) => i % 100);
  // Each class is taken for the next one in one of ten images, class 7 in four.
  const logits = new Float32Array(labels.length * 100);
  labels.forEach((label, i) => {
    const isWrong = Math.floor(i / 100) < (label === 7 ? 4 : 1);
    logits[i * 100 + (isWrong ? (label + 1) % 100 : label)] = 9;
  });
  const names = datasetOf('cifar100').classNames;
  await run.writeEvaluation(evaluateLogits(logits, labels, [...names]));
  await run.close();
  const own = await startViewer({ runsFolder: many, port: 0 });
  const { page, complaints } = await openPage(browser, `${own.url}#/run?runs=hundred`);
  await page.getByRole('heading', { name: 'Top confusions' }).waitFor();
  expect(await page.locator('.confusion *').count()).toBeLessThan(40);
  expect(await page.getByRole('button').count()).toBeLessThan(40);
  const first = page.locator('.top-confusions button').first();
  expect(await first.textContent()).toBe(`${names[7]} as ${names[8]} 4 · 40.0%`);
  await first.click();
  expect(page.url()).toContain('cell=7-8');
  const matrix = page.getByRole('group', { name: /^Confusion matrix/ });
  await matrix.press('ArrowDown');
  const pointed = page.locator('p.small', { hasText: `9 of ${names[8]} predicted as ${names[8]} (90.0%)` });
  await pointed.waitFor();
  expect(complaints).toEqual([]);
  await page.close();
  await own.close();
});

test('the address of a corrupt run says what is wrong with it', async () => {
  const own = temporaryFolder();
  await mkdir(join(own, 'damaged'));
  await writeFile(join(own, 'damaged', 'run.json'), '{"id": ');
  const damaged = await startViewer({ runsFolder: own, port: 0 });
  const { page } = await openPage(browser, `${damaged.url}#/run?runs=damaged`);
  await page.getByRole('heading', { name: 'damaged is corrupt' }).waitFor();
  expect(await page.locator('main').textContent()).toContain('run.json: expected JSON');
  await page.close();
  await damaged.close();
});

test('a diverged run says why, and has no epoch to wait for', async () => {
  const own = temporaryFolder();
  const message = 'loss NaN at step 3 of epoch 1: try a lower learning rate';
  const end: RunEvent = { kind: 'run-ended', time: 0, reason: 'nan', epoch: 0, step: 2, message };
  await writeRunFiles(own, 'diverged', {}, [wholeRun[0]!, stepEvent(1, 1), end]);
  const diverged = await startViewer({ runsFolder: own, port: 0 });
  const { page } = await openPage(browser, `${diverged.url}#/run?runs=diverged`);
  await page.getByText(message).waitFor();
  await expect.poll(() => page.getByText('No epoch was finished').count()).toBe(3);
  expect(await page.getByText('No epoch has ended yet').count()).toBe(0);
  // Of a model that is none nothing is said of overfitting.
  expect(await page.locator('.headline dd').last().textContent()).toMatch(/^–\s*$/);
  await page.close();
  await diverged.close();
});

test('an arm can be renamed, on every page and past a reload', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/run?runs=evaluated`);
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByLabel('Name of all runs with these settings').fill('a thin one');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await page.locator('.about').getByText('a thin one').waitFor();
  await page.reload();
  await page.locator('.about').getByText('a thin one').waitFor();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('row').getByText('a thin one').waitFor();
  await page.getByRole('link', { name: 'evaluated' }).click();
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByLabel('Name of all runs with these settings').fill('');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await page.locator('.about').getByText('dropout 0.5').waitFor();
  expect(complaints).toEqual([]);
  await page.close();
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
