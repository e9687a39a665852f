import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { downloaded } from '../testing/downloaded.ts';
import { card } from '../testing/trained-run.ts';

let browser: Browser;
let viewer: Viewer;

beforeAll(async () => {
  browser = await sharedChromium();
  const root = temporaryFolder();
  viewer = await startViewer({ runsFolder: root, port: 0, dataFolder: join(root, 'no-data') });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

/** Of a busy machine, in milliseconds. */
const PATIENCE = 120_000;

/** Drops a file on the page, as a hand does. */
const drop = (page: Page, name: string, content: Buffer): Promise<void> =>
  page.evaluate(
    ([name, base64]) => {
      const bytes = Uint8Array.from(atob(base64!), (character) => character.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], name!));
      document
        .querySelector('main')!
        .dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, content.toString('base64')],
  );

test('what was trained here is tried, looked at, downloaded, and dropped on the viewer', async () => {
  const { page, complaints } = await openPage(
    browser,
    `${viewer.url}#/train?arms=with&limit-train=24&limit-test=20&batch-size=8&epochs=1&seed=7&backend=wasm`,
    { acceptDownloads: true, viewport: { width: 360, height: 740 } },
  );
  page.setDefaultTimeout(PATIENCE);
  await page.getByRole('button', { name: 'Train' }).click();
  // On a phone, the results come into sight.
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(300);
  const arm = card(page, 'dropout 0.5');
  await arm.getByText('completed').waitFor();

  await arm.getByRole('button', { name: 'Try it in the playground' }).click();
  await page.getByRole('heading', { name: 'Playground' }).waitFor();
  expect(await page.locator('.title-row select').first().inputValue()).toBe('dropout 0.5 (trained here)');
  await expect
    .poll(() => page.locator('.predictions tbody td:nth-child(3)').first().textContent())
    .toMatch(/%$/);

  await page.getByRole('link', { name: 'Train here' }).click();
  await arm.getByRole('button', { name: 'Its errors and weights' }).click();
  await page.getByRole('heading', { level: 1, name: 'dropout 0.5 (trained here)' }).waitFor();
  await page.getByRole('group', { name: /^Confusion matrix/ }).waitFor();
  await page.getByRole('heading', { name: /filters of the first layer/ }).waitFor();

  await page.getByRole('link', { name: 'Train here' }).click();
  const waiting = page.waitForEvent('download');
  await arm.getByRole('button', { name: 'Download the run' }).click();
  const download = await waiting;
  const zip = await downloaded(download);
  expect(complaints).toEqual([]);
  await page.close();

  const { page: other, complaints: more } = await openPage(browser, `${viewer.url}#/runs`);
  await other.getByRole('heading', { name: 'Runs' }).waitFor();
  await drop(other, 'broken.zip', Buffer.from('PK, but not really'));
  await expect
    .poll(() => other.getByRole('alert').textContent())
    .toMatch(/^broken\.zip: expected a ZIP file of a run, found a file of another kind/);
  await drop(other, download.suggestedFilename(), zip);
  const name = download.suggestedFilename().replace('.zip', '');
  await other.getByRole('heading', { level: 1, name }).waitFor();
  expect(await other.getByRole('alert').count()).toBe(0);
  await expect.poll(() => other.locator('.plot svg').count()).toBe(3);
  await other.getByRole('heading', { name: /filters of the first layer/ }).waitFor();
  // It stands among the others.
  await other.getByRole('link', { name: 'Runs', exact: true }).click();
  await other.getByRole('link', { name }).waitFor();
  // There is one live region, whatever the page shows.
  expect(await other.locator('[role="status"], [aria-live]').count()).toBe(1);
  expect(more).toEqual([]);
  await other.close();
}, 400_000);

test('two models look at the same picture', async () => {
  const { page, complaints } = await openPage(
    browser,
    `${viewer.url}#/playground?runs=dropout-seed-0&backend=wasm`,
  );
  page.setDefaultTimeout(PATIENCE);
  await page.getByLabel('Beside it').selectOption('no-dropout-seed-0');
  expect(page.url()).toContain('runs=dropout-seed-0&runs=no-dropout-seed-0');
  const second = page.getByRole('region', { name: 'Prediction of no-dropout-seed-0' });
  const first = page.getByRole('region', { name: 'Prediction', exact: true });
  const plain = (panel: typeof first) => panel.locator('tbody td:nth-child(3)').allTextContents();
  await expect
    .poll(async () => (await plain(first)).join(), { timeout: PATIENCE })
    .toMatch(/^(\d+\.\d%,?){10}$/);
  await expect
    .poll(async () => (await plain(second)).join(), { timeout: PATIENCE })
    .toMatch(/^(\d+\.\d%,?){10}$/);
  expect(await plain(second)).not.toEqual(await plain(first));
  await page.getByLabel('Beside it').selectOption('');
  await expect.poll(() => second.count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();
}, 400_000);
