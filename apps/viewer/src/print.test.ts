import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from './server/start-viewer.ts';

let browser: Browser;
let viewer: Viewer;

beforeAll(async () => {
  browser = await sharedChromium();
  const none = join(temporaryFolder(), 'none');
  viewer = await startViewer({ runsFolder: none, port: 0, dataFolder: none });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

/** Text that says what a mouse or a finger does. */
const hints = /\b(click|drag|drop (?:a|it|or)|paste|point at|press|tap|hover|play|scroll|arrow keys)\b/i;

/** Each page with a hint that is on the screen, where it has any, and something that stays on paper. */
const pages: readonly (readonly [
  address: string,
  hint: string | undefined,
  stays: (page: Page) => Promise<unknown>,
])[] = [
  ['#/runs', undefined, (page) => page.getByText('these ship with the viewer').waitFor()],
  [
    '#/compare',
    undefined,
    (page) => page.locator('.plot svg g.line path').nth(7).waitFor({ state: 'attached' }),
  ],
  [
    '#/run?runs=no-dropout-seed-0',
    'Click a cell to see its images below.',
    (page) => page.getByText('Percentage of each true class.').waitFor(),
  ],
  [
    '#/playground?backend=wasm',
    'Or drop or paste one onto this page.',
    (page) => page.locator('.predictions line.pass').nth(299).waitFor({ state: 'attached' }),
  ],
  [
    '#/train',
    'Drop a folder onto this page',
    (page) => page.getByRole('heading', { name: 'Train here' }).waitFor(),
  ],
  ['#/learn/by-heart', 'Drag the epoch.', (page) => page.getByText('What opens between the two').waitFor()],
  [
    '#/learn/mask',
    'Point at a unit, and follow its number.',
    (page) => page.getByText('lays a random').waitFor(),
  ],
  ['#/learn/networks', 'Play thirty of them.', (page) => page.getByText('Every mask leaves').waitFor()],
  ['#/learn/rate', 'Drag the rate.', (page) => page.getByText('so little is left').waitFor()],
  [
    '#/learn/your-turn',
    'More settings, and pictures',
    (page) => page.getByText('Let a network overfit').waitFor(),
  ],
];

test.each(pages)(
  '%s prints what it shows, and nothing of what one can do there',
  async (address, hint, stays) => {
    const { page, complaints } = await openPage(browser, viewer.url + address);
    await stays(page);
    if (hint !== undefined) await page.getByText(hint).first().waitFor();
    await page.emulateMedia({ media: 'print' });
    await stays(page);
    if (hint !== undefined) expect(await page.getByText(hint).first().isVisible()).toBe(false);
    const text = await page.locator('main').innerText();
    expect(text.length).toBeGreaterThan(address === '#/train' ? 5 : 100);
    expect(text.split('\n').filter((line) => hints.test(line))).toEqual([]);
    expect(await page.locator('main .button:visible, main input:visible, main select:visible').count()).toBe(
      0,
    );
    expect(complaints).toEqual([]);
    await page.close();
  },
);
