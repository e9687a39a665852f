import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { wholeRun, writeRunFiles } from '../testing/runs.ts';

const RUNS = 300;

let browser: Browser;
let viewer: Viewer;

beforeAll(async () => {
  browser = await sharedChromium();
  const root = temporaryFolder();
  for (let i = 0; i < RUNS; i++) {
    const model = { dropout: { rate: (i % 10) / 10 } };
    await writeRunFiles(root, `run-${i}`, { seed: Math.floor(i / 10), model }, wholeRun);
  }
  viewer = await startViewer({ runsFolder: root, port: 0 });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

/** Counts what a page's table is changed by. */
const watchTable = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const changes = { rows: 0, cells: 0, shown: 0 };
    Object.assign(window, { changes });
    new MutationObserver((records) => {
      for (const { type, target, attributeName } of records) {
        if (attributeName === 'hidden') changes.shown++;
        else if (type === 'childList' && (target as Element).tagName === 'TBODY') changes.rows++;
        else changes.cells++;
      }
    }).observe(document.querySelector('tbody')!, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
  });

const changesOf = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(() => ({ ...(window as unknown as { changes: Record<string, number> }).changes }));

test('a letter in the filter of 300 runs hides and shows rows, and changes nothing else in them', async () => {
  const { page, complaints } = await openPage(browser, viewer.url);
  const rows = page.locator('tbody tr:not([hidden])');
  await expect.poll(() => rows.count()).toBe(RUNS);
  await watchTable(page);
  await page.getByRole('searchbox').focus();
  await page.keyboard.type('run-');
  expect(await rows.count()).toBe(RUNS);
  expect(await changesOf(page)).toEqual({ rows: 0, cells: 0, shown: 0 });
  await page.keyboard.type('299');
  await expect.poll(() => rows.count()).toBe(1);
  expect(await changesOf(page)).toMatchObject({ rows: 0, cells: 0 });
  await page.keyboard.type('x');
  await page.getByText('No run has').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect.poll(() => rows.count()).toBe(RUNS);
  expect(await changesOf(page)).toMatchObject({ rows: 0, cells: 0 });
  expect(complaints).toEqual([]);
  await page.close();
});

test('more than a dozen runs are means of their arms; single ones are read line by line', async () => {
  const runs = Array.from({ length: 14 }, (_, i) => `runs=run-${i}`).join('&');
  const { page, complaints } = await openPage(browser, `${viewer.url}#/compare?${runs}`);
  const lines = page.locator('.plot svg g.line path');
  const means = page.getByRole('checkbox', { name: 'Mean of each arm' });
  await expect.poll(() => lines.count()).toBe(4 * 10);
  expect(await means.isChecked()).toBe(true);
  await means.uncheck();
  await expect.poll(() => lines.count()).toBe(4 * 14);
  expect(page.url()).toMatch(/&group=no$/);

  const loss = page.getByRole('group', { name: /^Validation loss/ });
  await loss.hover();
  await expect.poll(() => page.locator('.highlighted').count()).toBe(4);
  // The name and the number of the nearest line, and how many others there are.
  const readout = page.locator('.readout').first();
  expect(await readout.locator('p').allTextContents()).toEqual([
    expect.stringMatching(/^epoch \d$/),
    expect.stringMatching(/^(no dropout|dropout 0\.\d) · seed [01]\d\.\d+$/),
    'and 13 more',
  ]);
  await loss.focus();
  await page.keyboard.press('ArrowRight');
  const named = () => readout.locator('.name').textContent();
  await page.keyboard.press('ArrowDown');
  const first = await named();
  await page.keyboard.press('ArrowDown');
  await expect.poll(named).not.toBe(first);
  expect(complaints).toEqual([]);
  await page.close();
});

test('above eight arms lines of one hue have other dashes, and the lines of an arm that is pointed at stand out', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/compare`);
  const chips = page.locator('.arm-chip');
  await expect.poll(() => chips.count()).toBe(10);
  await expect.poll(() => page.locator('.plot svg g.line path').count()).toBe(4 * 10);
  const looks = await page
    .locator('.plot')
    .first()
    .evaluate((plot) =>
      [...plot.querySelectorAll('g.line path')].map((line) => {
        const look = (name: string) => line.closest(`[${name}]`)?.getAttribute(name);
        return `${look('stroke')} ${look('stroke-dasharray')}`;
      }),
    );
  expect(new Set(looks).size).toBe(10);
  expect(
    new Set(await chips.locator('.swatch').evaluateAll((all) => all.map((one) => one.outerHTML))).size,
  ).toBe(10);

  const chosen = page.locator('.highlighted');
  expect(await chosen.count()).toBe(0);
  await chips.nth(8).hover();
  await expect.poll(() => chosen.count()).toBe(4);
  await page.getByRole('heading', { level: 1 }).hover();
  await expect.poll(() => chosen.count()).toBe(0);
  await chips.first().focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await expect.poll(() => chosen.count()).toBe(4);
  await page.keyboard.press('Shift+Tab');
  await expect.poll(() => chosen.count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();
});
