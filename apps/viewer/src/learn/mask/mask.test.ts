import { startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedChromium } from '../../../../../scripts/chromium.mjs';
import type { Viewer } from '../../server/start-viewer.ts';
import { createLesson } from '../../shared/compute/lesson.ts';
import { openStep, shippedModel, startLearn } from '../testing/learn.ts';
import { strongestUnit, sumsOf } from './units.ts';

let browser: Browser;
let viewer: Viewer;
/** The same computations in Node. */
const lesson = createLesson();

beforeAll(async () => {
  await startBackend('wasm');
  lesson.openLesson(await shippedModel());
  [browser, viewer] = await Promise.all([sharedChromium(), startLearn()]);
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

const pixelsOf = (index: number): Uint8Array =>
  loadSample().test.images.slice(index * 3072, (index + 1) * 3072);

const equation = (page: Page): Promise<string[]> => page.locator('.unit-panel b').allTextContents();
const sums = (page: Page): Promise<string[]> => page.locator('.sums b').allTextContents();
const probabilities = (page: Page): Promise<string[]> => page.locator('.effect b').allTextContents();

const sumsInNode = async (index: number, rate: number, draw: number): Promise<string[]> => {
  const { all, kept, scaled } = sumsOf(await lesson.maskedLayer(pixelsOf(index), { rate, draw }));
  return [all, kept, scaled].map((sum) => `${Math.round(sum)}`);
};

test('maps, masks and sums are those of Node, at any rate, for any mask and any picture', async () => {
  const { page, complaints } = await openStep(browser, viewer, 'mask');
  await expect.poll(() => sums(page)).toEqual(await sumsInNode(12, 0.25, 0));
  const layer = await lesson.maskedLayer(pixelsOf(12), { rate: 0.25, draw: 0 });
  const { map, row, column } = strongestUnit(layer);
  const at = (row * layer.shape[1] + column) * layer.shape[2] + map;
  expect(await equation(page)).toEqual([
    layer.units[at]!.toFixed(2),
    layer.mask[at] === 0 ? '0' : '1.33',
    (layer.units[at]! * layer.mask[at]!).toFixed(2),
  ]);

  await page.getByRole('button', { name: 'Draw another mask' }).click();
  await expect.poll(() => sums(page)).toEqual(await sumsInNode(12, 0.25, 1));
  await page.getByRole('slider', { name: 'Dropout rate' }).fill('0.5');
  await expect.poll(() => sums(page)).toEqual(await sumsInNode(12, 0.5, 1));
  expect(await page.getByRole('heading', { name: 'Why × 2.00?' }).count()).toBe(1);
  await page.getByRole('img', { name: /^test image 3,/ }).click();
  await expect.poll(() => sums(page)).toEqual(await sumsInNode(3, 0.5, 1));
  expect(page.url()).toContain('masked=0.5&image=3');
  expect(complaints).toEqual([]);
  await page.close();
});

test('a unit is chosen by pointer and by keyboard, and its part in the prediction is that of Node', async () => {
  const { page, complaints } = await openStep(browser, viewer, 'mask', '#/learn/mask?masked=0.5');
  const grid = page.locator('.unit-grid').first();
  await grid.waitFor();
  await page.getByRole('img', { name: 'map 3', exact: true }).last().click();
  const box = (await grid.boundingBox())!;
  // The unit of row 3, column 2.
  await page.mouse.move(box.x + (2.5 / 15) * box.width, box.y + (3.5 / 15) * box.height);
  const layer = await lesson.maskedLayer(pixelsOf(12), { rate: 0.5, draw: 0 });
  const indexOf = (row: number, column: number): number => (row * 15 + column) * 16 + 2;
  const inNode = async (unit: number): Promise<string[]> => {
    const { asDrawn } = await lesson.unitEffect(pixelsOf(12), { rate: 0.5, draw: 0, unit });
    return [...asDrawn].map((value) => `${(100 * value).toFixed(1)}%`);
  };
  await expect.poll(() => equation(page)).toHaveLength(3);
  expect((await equation(page))[0]).toBe(layer.units[indexOf(3, 2)]!.toFixed(2));
  await expect.poll(() => probabilities(page)).toEqual(await inNode(indexOf(3, 2)));

  await page.getByRole('group', { name: /^Units of a map/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await equation(page))[0]).toBe(layer.units[indexOf(4, 3)]!.toFixed(2));
  const says = page.getByRole('status').filter({ hasText: 'Row 5, column 4' });
  expect(await says.textContent()).toMatch(layer.mask[indexOf(4, 3)] === 0 ? /dropped$/ : /kept$/);
  // On the edge it stays.
  for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowLeft');
  await page.getByRole('status').filter({ hasText: 'Row 5, column 1:' }).waitFor({ state: 'attached' });
  expect(complaints).toEqual([]);
  await page.close();
});

test('turned over at one unit, a mask differs in that unit alone', async () => {
  const choice = { rate: 0.5, draw: 0 };
  const { asDrawn, turned } = await lesson.unitEffect(pixelsOf(12), { ...choice, unit: 1234 });
  expect(Math.abs(asDrawn.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-5);
  // A unit of value 0 makes no difference, whether it is dropped or kept.
  const { units } = await lesson.maskedLayer(pixelsOf(12), choice);
  const idle = units.indexOf(0);
  const same = await lesson.unitEffect(pixelsOf(12), { ...choice, unit: idle });
  expect(same.turned).toEqual(same.asDrawn);
  const busy = units.indexOf(Math.max(...units));
  const other = await lesson.unitEffect(pixelsOf(12), { ...choice, unit: busy });
  expect(other.turned).not.toEqual(other.asDrawn);
  expect(turned).toHaveLength(10);
});
