import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sirv from 'sirv';
import { expect, onTestFinished, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { exportViewer } from './export-viewer.ts';

/** A web server as anybody has it, which knows of files alone, and sets no header that this viewer's sets. */
const serveFiles = async (folder: string): Promise<string> => {
  const server = createServer(sirv(folder, { dev: true }));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test('exported to a folder of any web server, the pages show, classify and train', async () => {
  const folder = temporaryFolder();
  const runsFolder = join(folder, 'runs');
  await mkdir(runsFolder);
  await exportViewer({ runsFolder, output: join(folder, 'web', 'some', 'place') });
  const url = `${await serveFiles(join(folder, 'web'))}/some/place/`;
  const browser = await sharedChromium();
  onTestFinished(() => browser.close());

  const { page, complaints } = await openPage(browser, url);
  await page.getByRole('link', { name: 'no-dropout-seed-0' }).waitFor();
  await page.getByRole('link', { name: 'Playground' }).click();
  await page.getByLabel('Compute on').selectOption('wasm');
  await expect.poll(() => page.locator('.predictions line.pass').count()).toBe(300);
  await page.goto(`${url}#/train?limit-train=40&batch-size=16&epochs=1`);
  await page.getByRole('button', { name: 'Train' }).click();
  for (const label of ['dropout 0.5', 'no dropout']) {
    await page.getByRole('region', { name: label, exact: true }).getByText('completed').waitFor();
  }
  expect(complaints).toEqual([]);
});
