import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadSample } from '@dropout-lab/cifar/sample';
import { expect, test } from 'vitest';
import { sharedChromium } from '../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { startViewer } from './server/start-viewer.ts';
import { siteFolder } from './site-folder.ts';
import { createEndedRun } from './testing/runs.ts';

test('what the first page loads is less than 200 kB compressed', async () => {
  const runsFolder = temporaryFolder();
  await createEndedRun(runsFolder, 'only');
  const viewer = await startViewer({ runsFolder, port: 0 });
  const browser = await sharedChromium();
  const page = await browser.newPage();
  const loaded: string[] = [];
  page.on('response', (response) => loaded.push(response.url()));
  await page.goto(viewer.url);
  await page.getByRole('link', { name: 'only' }).waitFor();
  await page.getByText('Live').waitFor();
  await browser.close();
  const files = loaded.filter((url) => !url.endsWith('/live'));
  const sizes = await Promise.all(
    files.map(async (url) => gzipSync(await (await fetch(url)).arrayBuffer()).length),
  );
  await viewer.close();
  expect(files).toContain(viewer.url);
  expect(files.some((url) => url.endsWith('.js'))).toBe(true);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
});

test('the images that ship with the pages are in the build once', async () => {
  const { labels, images } = loadSample().test;
  // The beginning of the first record: its label and the reds of its first pixels.
  const beginning = Buffer.from([labels[0]!, ...Array.from({ length: 47 }, (_, i) => images[3 * i]!)]);
  const assets = join(siteFolder, 'assets');
  const scripts = (await readdir(assets)).filter((name) => name.endsWith('.js'));
  const texts = await Promise.all(scripts.map((name) => readFile(join(assets, name), 'utf8')));
  expect(texts.filter((text) => text.includes(beginning.toString('base64')))).toHaveLength(1);
});
