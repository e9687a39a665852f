import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../../scripts/chromium.mjs';
import type { Viewer } from '../../server/start-viewer.ts';
import { openStep, shippedFile, startLearn } from '../testing/learn.ts';

let browser: Browser;
let viewer: Viewer;

beforeAll(async () => {
  [browser, viewer] = await Promise.all([sharedChromium(), startLearn()]);
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

/** Training and validation accuracy of an epoch as the run has recorded them: `83%`. */
const recorded = async (epoch: number): Promise<string[]> => {
  const [head, ...rows] = (await shippedFile('no-dropout-seed-0', 'history.csv')).toString().split(/\r?\n/);
  const values = rows[epoch - 1]!.split(',');
  return ['accuracy', 'val_accuracy'].map(
    (name) => `${(100 * Number(values[head!.split(',').indexOf(name)])).toFixed(0)}%`,
  );
};

test('the gap opens as the epoch is dragged: by keyboard, on the chart, and played', async () => {
  const { page, complaints } = await openStep(browser, viewer, 'by-heart');
  const epoch = page.getByRole('slider', { name: 'Epoch' });
  const shown = () => page.locator('.dots b').allTextContents();
  await epoch.waitFor();
  expect(await shown()).toEqual(await recorded(1));
  expect(await page.locator('.by-heart-verdict').textContent()).toContain('no gap yet');

  await epoch.press('End');
  await expect.poll(shown).toEqual(await recorded(30));
  expect(await page.locator('.dots circle.full').count()).toBe(83 + 57);
  // 83.2625% and 56.95%.
  expect(await page.locator('.by-heart-verdict').textContent()).toBe(
    'Epoch 30: the gap is 26.3 points. Since epoch 17 the loss on new pictures has been rising: the network overfits.',
  );
  await epoch.fill('17');
  expect(await page.locator('.by-heart-verdict').textContent()).toContain(
    'Here the loss on new pictures is lowest.',
  );

  const chart = page.locator('.gap-chart');
  const box = (await chart.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, box.y + 100, { steps: 4 });
  await page.mouse.up();
  await expect.poll(shown).toEqual(await recorded(30));

  await page.getByRole('button', { name: 'Train' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await expect.poll(shown).toEqual(await recorded(30));
  await page.getByRole('button', { name: 'Train' }).waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test('for those who want no motion it is at its end at once', async () => {
  const { page } = await openPage(browser, `${viewer.url}?embed=by-heart`, { reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'Train' }).click();
  await expect.poll(() => page.getByRole('slider').inputValue()).toBe('30');
  expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
  await page.close();
});
