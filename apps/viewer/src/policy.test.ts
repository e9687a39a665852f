import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sharedChromium } from '../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { startViewer } from './server/start-viewer.ts';
import { downloaded } from './testing/downloaded.ts';

/** Has a page or a worker print what its policy forbids; at the beginning of every script, so that none runs before. */
const listener = `globalThis.isListening ??= (addEventListener('securitypolicyviolation', (event) =>
  console.error(\`policy: \${event.violatedDirective} \${event.blockedURI} in \${event.sourceFile}\`)), true);`;

const pages: readonly (readonly [address: string, isShown: (page: Page) => Promise<unknown>])[] = [
  ['#/runs', (page) => page.getByText('these ship with the viewer').waitFor()],
  ['#/compare', (page) => page.locator('.plot svg g.line path').nth(7).waitFor({ state: 'attached' })],
  [
    '#/run?runs=no-dropout-seed-0',
    (page) =>
      page
        .getByRole('img', { name: /^filter/ })
        .first()
        .waitFor(),
  ],
  [
    '#/playground?backend=wasm',
    (page) => page.locator('.predictions line.pass').nth(299).waitFor({ state: 'attached' }),
  ],
  ['#/learn/mask', (page) => page.locator('.effect .muted').filter({ hasText: 'This unit' }).waitFor()],
  [
    '#/train?arms=with&limit-train=40&limit-test=20&batch-size=16&epochs=1&backend=wasm',
    async (page) => {
      await page.getByRole('button', { name: 'Train' }).click();
      await page.getByText('completed').waitFor();
    },
  ],
];

/** Saves everything that a page saves, and prints it. @returns How many files were saved. */
const useAll = async (page: Page): Promise<number> => {
  const buttons = await page.getByRole('button', { name: /\b(SVG|PNG|CSV)\b/ }).all();
  for (const button of buttons) {
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    expect((await downloaded(download)).length).toBeGreaterThan(100);
  }
  await page.emulateMedia({ media: 'print' });
  await page.pdf();
  await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
  return buttons.length;
};

test('no page and no thread does what the policy forbids, or prints an error', async () => {
  const runsFolder = join(await temporaryFolder(), 'none');
  const viewer = await startViewer({ runsFolder, port: 0, dataFolder: runsFolder });
  const browser = await sharedChromium();
  const complaints: string[] = [];
  let saved = 0;
  for (const [address, isShown] of pages) {
    const page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(`${address}: ${error.stack}`));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${address}: ${message.text()}`);
    });
    await page.context().route('**/*.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: listener + (await response.text()) });
    });
    await page.goto(viewer.url + address);
    await isShown(page);
    saved += await useAll(page);
    await page.close();
  }
  await browser.close();
  await viewer.close();
  expect(complaints).toEqual([]);
  // Of the curves of Compare, of a run and of a training, each as both kinds of picture.
  expect(saved).toBeGreaterThanOrEqual(2 * 3);
}, 240_000);
