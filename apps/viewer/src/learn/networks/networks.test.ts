import { startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import { mean } from '@dropout-lab/metrics';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedChromium } from '../../../../../scripts/chromium.mjs';
import type { Viewer } from '../../server/start-viewer.ts';
import { createLesson } from '../../shared/compute/lesson.ts';
import { PICTURES } from '../parts/pictures.ts';
import { openStep, shippedModel, startLearn } from '../testing/learn.ts';

let browser: Browser;
let viewer: Viewer;
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

const column = (page: Page, index: number): Promise<string[]> =>
  page.locator(`.spread tbody td:nth-child(${index})`).allTextContents();

const inPercent = (value: number): string => `${(100 * value).toFixed(1)}%`;

const inNode = (draw: number, index: number = PICTURES[0]) =>
  lesson.networks(loadSample().test.images.slice(index * 3072, (index + 1) * 3072), { draw, count: 30 });

/** Of so many of the networks. */
const meansOf = ({ probabilities }: Awaited<ReturnType<typeof inNode>>, shown: number): string[] =>
  Array.from({ length: 10 }, (_, k) => inPercent(mean(probabilities.slice(0, shown).map((one) => one[k]!))));

test('thirty networks are played one by one, and their mean and the whole are those of Node', async () => {
  const { page, complaints } = await openStep(browser, viewer, 'networks');
  const found = await inNode(0);
  await expect.poll(() => column(page, 3)).toEqual(meansOf(found, 1));
  expect(await page.locator('.spread i').count()).toBe(10);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(() => page.locator('.spread i').count()).toBe(300);
  expect(await column(page, 3)).toEqual(meansOf(found, 30));
  // Which class each says.
  const classes = await page.locator('.network-tiles span').allTextContents();
  expect(classes).toEqual(
    found.probabilities.map((one) => loadSample().test.classNames[one.indexOf(Math.max(...one))]),
  );

  expect(await column(page, 4)).toEqual(Array(10).fill('–'));
  await page.getByLabel('Dropout off').check();
  expect(await column(page, 4)).toEqual([...found.plain].map(inPercent));

  await page.getByRole('button', { name: 'Thirty others' }).click();
  await expect.poll(() => column(page, 3)).toEqual(meansOf(await inNode(1), 30));
  await page.getByRole('slider', { name: 'Networks' }).fill('7');
  await expect.poll(() => page.locator('.spread i').count()).toBe(70);
  await page.getByRole('button', { name: /^Network 12,/ }).click();
  expect(await page.getByRole('slider', { name: 'Networks' }).inputValue()).toBe('12');
  expect(complaints).toEqual([]);
  await page.close();
}, 120_000);

test('the masks are those under which the networks answer', async () => {
  const { masks, shape } = await inNode(0);
  expect(masks).toHaveLength(30);
  expect(shape).toEqual([15, 15, 16]);
  // At rate 0.25 three quarters stay; of 108,000 the standard deviation is 0.0013.
  expect(Math.abs(mean(masks.map((mask) => mean([...mask]))) - 0.75)).toBeLessThan(0.006);
  expect(new Set(masks.map((mask) => mask.join(''))).size).toBe(30);
});

test('as the note says, the whole network is nearer to the mean than a single one as a rule', async () => {
  let nearer = 0;
  let disagreeing = 0;
  for (const index of PICTURES) {
    const { probabilities, plain } = await inNode(0, index);
    const average = plain.map((_, k) => mean(probabilities.map((one) => one[k]!)));
    const away = (one: Float32Array): number =>
      one.reduce((sum, value, k) => sum + Math.abs(value - average[k]!), 0);
    if (away(plain) < mean(probabilities.map(away))) nearer++;
    const best = probabilities.map((one) => one.indexOf(Math.max(...one)));
    if (new Set(best).size > 1) disagreeing++;
  }
  expect(nearer).toBe(PICTURES.length);
  expect(disagreeing).toBeGreaterThan(PICTURES.length / 2);
});
