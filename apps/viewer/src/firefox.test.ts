import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemProgram } from '../../../scripts/system-packages.mjs';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from './server/start-viewer.ts';

/** Undefined where there is none: the tests below are then skipped, and counted as such. */
const executablePath = await systemProgram('firefox-esr', {
  debian: 'firefox-esr',
  elsewhere: 'have a link to Firefox on the PATH as firefox-esr',
});

/** A busy machine takes half a minute to start Firefox. */
const PATIENCE = 180_000;

describe.skipIf(executablePath === undefined)('in Firefox', () => {
  let browser: Browser;
  let viewer: Viewer;

  beforeAll(async () => {
    const runsFolder = join(temporaryFolder(), 'none');
    viewer = await startViewer({ runsFolder, port: 0, dataFolder: runsFolder });
    browser = await puppeteer.launch({
      ...{ browser: 'firefox', executablePath: executablePath!, headless: true, timeout: PATIENCE },
    });
  }, PATIENCE);

  afterAll(async () => {
    await browser?.close();
    await viewer?.close();
  });

  const open = async (address: string): Promise<{ page: Page; complaints: string[] }> => {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(viewer.url + address);
    return { page, complaints };
  };

  test.each([
    ['#/runs', '.runs-table tbody tr'],
    ['#/compare', '.plot svg g.line path'],
    ['#/run?runs=no-dropout-seed-0', '.confusion svg'],
    ['#/playground?backend=wasm', '.predictions line.pass'],
    ['#/learn/mask', '.effect .muted'],
  ])(
    '%s is drawn, without a complaint',
    async (address, drawn) => {
      const { page, complaints } = await open(address);
      await page.waitForSelector(drawn);
      expect(complaints).toEqual([]);
      await page.close();
    },
    PATIENCE,
  );

  test(
    'Train here trains on wasm',
    async () => {
      const { page, complaints } = await open(
        '#/train?arms=with&limit-train=40&limit-test=20&batch-size=16&epochs=1&backend=wasm',
      );
      await page.locator('form.settings .button.primary').click();
      await page.waitForSelector('.status.completed');
      // Loss and accuracy have a circle each, at the one epoch that was trained and validated.
      await page.waitForFunction(() => document.querySelectorAll('.plot svg g.dot circle').length === 2);
      expect(complaints).toEqual([]);
      await page.close();
    },
    PATIENCE,
  );
});
