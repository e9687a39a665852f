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
  // The runs that ship with the viewer have all that a page can show.
  const runsFolder = join(temporaryFolder(), 'none');
  viewer = await startViewer({ runsFolder, port: 0, dataFolder: runsFolder });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

/** Each page, and what is on it once it is whole. */
const pages: readonly (readonly [address: string, isWhole: string])[] = [
  ['#/runs', '.runs-table tbody tr'],
  ['#/compare', '.ends, .plot svg g.line path'],
  ['#/run?runs=no-dropout-seed-0&cell=3-5', '.confusion svg'],
  ['#/playground?backend=wasm', '.predictions line.pass'],
  ['#/train', 'form.settings summary'],
  ['#/learn/by-heart', '.gap-chart svg'],
];

const openOnPhone = async (address: string, isWhole: string): Promise<Page> => {
  const { page } = await openPage(browser, viewer.url + address, {
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
  });
  await page.locator(isWhole).first().waitFor({ state: 'attached' });
  for (const summary of await page.locator('main summary').all()) await summary.click();
  return page;
};

/** Of a finger, in CSS pixels. */
const WIDTH = 44;

/** Returns the controls that a finger would miss, with their sizes; links in the middle of a sentence may be as small as it is. */
const smallControls = (page: Page): Promise<string[]> =>
  page.evaluate((least) => {
    const controls = document.querySelectorAll<HTMLElement>(
      'a[href], button, input, select, textarea, summary, [tabindex="0"], [role="slider"]',
    );
    return [...controls].flatMap((control) => {
      // A label is its control, too.
      const boxes = [control, ...((control as HTMLInputElement).labels ?? [])].map((one) =>
        one.getBoundingClientRect(),
      );
      const isLarge = boxes.some(({ width, height }) => width >= least - 0.5 && height >= least - 0.5);
      const { width, height } = boxes[0]!;
      const isShown =
        control.checkVisibility({ visibilityProperty: true }) &&
        width > 0 &&
        !control.closest('.hidden, .skip');
      const isInSentence =
        control.matches('a') &&
        control.closest('p, li, dd') !== null &&
        getComputedStyle(control).display === 'inline';
      if (!isShown || isInSentence || isLarge) return [];
      const name = control.getAttribute('aria-label') ?? control.textContent?.trim().slice(0, 30);
      return [
        `${control.tagName.toLowerCase()}.${control.className} “${name}”: ${Math.round(width)} × ${Math.round(height)}`,
      ];
    });
  }, WIDTH);

test.each(pages)(
  'on a phone a finger finds every control of %s, and nothing is wider than the screen',
  async (address, isWhole) => {
    const page = await openOnPhone(address, isWhole);
    expect(await smallControls(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.close();
  },
  60_000,
);
