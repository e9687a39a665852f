import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedChromium } from '../../../../../scripts/chromium.mjs';
import type { Viewer } from '../../server/start-viewer.ts';
import { openStep, startLearn } from '../testing/learn.ts';

let browser: Browser;
let viewer: Viewer;

beforeAll(async () => {
  [browser, viewer] = await Promise.all([sharedChromium(), startLearn()]);
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

test('the rate is dragged, or chosen in the chart, and the verdict follows', async () => {
  const { page, complaints } = await openStep(browser, viewer, 'rate');
  const rate = page.getByRole('slider', { name: 'Dropout rate' });
  await rate.waitFor();
  const verdict = page.locator('.rate-verdict');
  expect(await verdict.textContent()).toContain('At rate 0 it ends at 100.0% training');
  await rate.fill('0.4');
  expect(await verdict.textContent()).toContain('“rate 0.4” is better than the one with “no dropout”');
  expect(await page.locator('.rate-gap.chosen text').textContent()).toBe('0.4');
  await rate.press('ArrowRight');
  expect(await page.locator('.rate-gap.chosen text').textContent()).toBe('0.5');
  await page.locator('.rate-gap').nth(8).locator('rect').click();
  expect(await rate.inputValue()).toBe('0.8');
  expect(
    await page
      .getByRole('img', {
        name: 'Rate 0.8: training accuracy 39.1%, validation accuracy 37.4% after 60 epochs',
      })
      .count(),
  ).toBe(1);
  expect(complaints).toEqual([]);
  await page.close();
});
