import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedChromium } from '../../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../../server/start-viewer.ts';
import { createEndedRun } from '../../testing/runs.ts';

let viewer: Viewer;
let browser: Awaited<ReturnType<typeof sharedChromium>>;

beforeAll(async () => {
  const runsFolder = temporaryFolder();
  for (const name of ['one', 'two']) await createEndedRun(runsFolder, name);
  viewer = await startViewer({ runsFolder, port: 0 });
  browser = await sharedChromium();
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

const openRuns = async (): Promise<Page> => {
  const page = await browser.newPage();
  await page.goto(viewer.url);
  await page.getByRole('link', { name: 'one' }).waitFor();
  return page;
};

const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();

test('a page that cannot be drawn says why, leaves the others to be used, and is drawn when it can be', async () => {
  const page = await openRuns();
  await page.evaluate(() => {
    const { toFixed } = Number.prototype;
    Object.assign(window, { mend: () => Object.assign(Number.prototype, { toFixed }) });
    Number.prototype.toFixed = () => {
      throw new Error('no more numbers');
    };
  });
  await goTo(page, 'Compare');
  const heading = page.getByRole('heading', { name: 'Compare could not be drawn' });
  await heading.waitFor();
  await page.getByText('no more numbers').waitFor();
  await goTo(page, 'Learn');
  await heading.waitFor({ state: 'detached' });
  await goTo(page, 'Compare');
  await heading.waitFor();
  await page.evaluate(() => (window as unknown as { mend(): void }).mend());
  await page.getByRole('button', { name: 'Try again' }).click();
  await heading.waitFor({ state: 'detached' });
  await page.locator('.plot svg').first().waitFor();
});

test('a chart that cannot be drawn says so in its place', async () => {
  const page = await openRuns();
  await page.evaluate(() => {
    const create = document.createElementNS.bind(document);
    const createElementNS = (space: string, name: string) => {
      if (name === 'svg') throw new Error('no more charts');
      return create(space, name);
    };
    Object.assign(document, { createElementNS });
  });
  await goTo(page, 'Compare');
  await page.getByText('This chart could not be drawn: no more charts').first().waitFor();
  expect(await page.getByRole('heading', { name: 'could not be drawn' }).count()).toBe(0);
});
