import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedChromium } from '../../../../../scripts/chromium.mjs';
import type { Viewer } from '../../server/start-viewer.ts';
import { countThreads } from '../../testing/count-threads.ts';
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

test('a network is overfitted and cured in the page, and it says so by the rules of the report', async () => {
  const { page, complaints } = await openStep(browser, viewer, 'your-turn');
  const threads = await countThreads(page);
  const [overfit, cure] = [
    page.getByRole('button', { name: '1 · Overfit' }),
    page.getByRole('button', { name: '2 · Cure' }),
  ];
  expect(await cure.isDisabled()).toBe(true);
  await overfit.click();
  await expect.poll(threads).toBe(1);
  await page.getByRole('button', { name: /^Epoch [2-9] of 40$/ }).waitFor({ timeout: 100_000 });
  await overfit.waitFor({ timeout: 280_000 });
  const outcomes = page.locator('.turn-outcome');
  expect(await outcomes.textContent()).toMatch(
    /^It overfits from epoch \d+: after 40 epochs, .+ of training, it knows 100\.0% of its own pictures/,
  );
  await cure.click();
  await expect.poll(() => outcomes.count(), { timeout: 280_000 }).toBe(2);
  expect(await outcomes.last().textContent()).toMatch(/^Cured: it does not overfit any more; /);
  // The verdict on accuracy, whatever it is.
  expect(await page.locator('.turn-outcomes').textContent()).toContain('the same 801 validation images');
  await expect.poll(threads).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();
}, 700_000);
