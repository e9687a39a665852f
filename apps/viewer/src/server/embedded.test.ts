import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { createEndedRun } from '../testing/runs.ts';
import { startViewer } from './start-viewer.ts';

test('a slide of another origin shows a step of Learn, and no page with runs', async () => {
  const runsFolder = temporaryFolder();
  await createEndedRun(runsFolder, 'private');
  const viewer = await startViewer({ runsFolder, port: 0, dataFolder: join(runsFolder, 'no-data') });
  onTestFinished(() => viewer.close());
  const frame = (query: string): string =>
    `<iframe src="${viewer.url}${query}" width="900" height="700"></iframe>`;
  const slides = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(
      `<!doctype html><link rel="icon" href="data:,">${frame('?embed=by-heart')}${frame('?embed=none')}${frame('')}`,
    );
  });
  await new Promise<void>((done) => slides.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    slides.closeAllConnections();
    slides.close();
  });
  const browser = await sharedChromium();
  onTestFinished(() => browser.close());
  // Another site, not only another port.
  const { page } = await openPage(browser, `http://localhost:${(slides.address() as AddressInfo).port}/`);
  const step = page.frameLocator('iframe >> nth=0');
  await step.getByRole('slider', { name: 'Epoch' }).press('End');
  await step.locator('#step-by-heart').getByText('Since epoch 17').waitFor();
  const shown = await Promise.all(page.frames().map((one) => one.locator('body').textContent()));
  expect(shown.filter((text) => text?.includes('private'))).toEqual([]);
  expect(await page.frameLocator('iframe >> nth=1').locator('#app > *').count()).toBe(0);
  expect(await page.frameLocator('iframe >> nth=2').locator('#app > *').count()).toBe(0);

  const headersOf = async (query: string): Promise<string | null> =>
    (await fetch(`${viewer.url}${query}`)).headers.get('content-security-policy');
  expect(await headersOf('?embed=mask')).toContain('frame-ancestors *');
  for (const other of ['', '?embed=none', 'runs/catalogue.json?embed=mask', 'index.html?embed=mask'])
    expect(await headersOf(other), other).toContain("frame-ancestors 'none'");
});
