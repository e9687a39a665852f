import { expect, test } from 'vitest';
import { launchChromium } from '../../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../../scripts/temporary-folder.ts';
import { startViewer } from '../../server/start-viewer.ts';
import { createEndedRun } from '../../testing/runs.ts';

test('a page that cannot be drawn says why, and leaves the others to be used', async () => {
  const runsFolder = temporaryFolder();
  for (const name of ['one', 'two']) await createEndedRun(runsFolder, name);
  const viewer = await startViewer({ runsFolder, port: 0 });
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(viewer.url);
  await page.getByRole('link', { name: 'one' }).waitFor();
  await page.evaluate(() => {
    const create = document.createElementNS.bind(document);
    const mend = () => Object.assign(document, { createElementNS: create });
    const createElementNS = (space: string, name: string) => {
      if (name === 'svg') throw new Error('no more charts');
      return create(space, name);
    };
    Object.assign(document, { createElementNS });
    Object.assign(window, { mend });
  });
  const pages = page.getByRole('navigation', { name: 'Pages' });
  await pages.getByRole('link', { name: 'Compare' }).click();
  await page.getByRole('heading', { name: 'Compare could not be drawn' }).waitFor();
  await page.getByText('no more charts').waitFor();
  await page.evaluate(() => (window as unknown as { mend(): void }).mend());
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'could not be drawn' }).waitFor({ state: 'detached' });
  expect(await page.getByRole('heading', { level: 1 }).allTextContents()).not.toContain('');
  await pages.getByRole('link', { name: 'Runs' }).click();
  await page.getByRole('link', { name: 'two' }).waitFor();
  await browser.close();
  await viewer.close();
});
