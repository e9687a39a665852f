import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sirv from 'sirv';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { exportViewer } from '../server/export-viewer.ts';
import type { Viewer } from '../server/start-viewer.ts';
import { LEARN_STEPS } from '../shared/address.ts';
import { violationsOf } from '../testing/axe.ts';
import { startLearn } from './testing/learn.ts';

let browser: Browser;
let viewer: Viewer;

beforeAll(async () => {
  [browser, viewer] = await Promise.all([sharedChromium(), startLearn()]);
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

test('every step has an address, by which it is found, and which follows the scrolling', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/learn/networks`);
  const heading = page.getByRole('heading', { name: 'Thirty masks, thirty networks' });
  await heading.waitFor();
  const top = () => heading.evaluate((element) => element.getBoundingClientRect().top);
  // It stays where it is while the steps above it load.
  await page.locator('.spread').waitFor();
  await expect.poll(top).toBeLessThan(300);
  expect(await top()).toBeGreaterThan(0);
  expect(page.url()).toContain('#/learn/networks');

  const steps = page.getByRole('navigation', { name: 'Steps' });
  expect(await steps.getByRole('link').count()).toBe(LEARN_STEPS.length);
  await steps.getByRole('link', { name: 'By heart' }).click();
  await expect.poll(() => page.url()).toContain('#/learn/by-heart');
  await expect.poll(() => steps.locator('[aria-current]').textContent()).toBe('1 By heart');
  // The next Tab is within the step.
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement!.closest('.step')?.id)).toBe('step-by-heart');

  await page.getByRole('heading', { name: 'One unit, one picture' }).scrollIntoViewIfNeeded();
  await page.mouse.move(600, 400);
  await page.mouse.wheel(0, 500);
  await expect.poll(() => page.url()).toContain('#/learn/mask');
  await page.goBack();
  await expect.poll(() => page.url()).toContain('#/learn/networks');
  await expect.poll(top).toBeLessThan(300);
  expect(complaints).toEqual([]);
  await page.close();
});

test('nothing computes before a step that does is near', async () => {
  const page = await browser.newPage({ viewport: { width: 1000, height: 600 } });
  const loaded: string[] = [];
  page.on('response', (response) => loaded.push(response.url()));
  await page.goto(`${viewer.url}#/learn`);
  await page.getByRole('slider', { name: 'Epoch' }).waitFor();
  expect(loaded.filter((url) => /worker|\.wasm/.test(url))).toEqual([]);
  await page.locator('#step-mask').scrollIntoViewIfNeeded();
  await page.locator('.unit-panels').waitFor();
  expect(loaded.filter((url) => /worker/.test(url))).toHaveLength(1);
  // Another page has no use for it.
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await expect.poll(() => page.workers()).toEqual([]);
  await page.close();
});

test.each(['light', 'dark'] as const)(
  'it breaks no rule of accessibility, %s',
  async (colorScheme) => {
    const { page } = await openPage(browser, `${viewer.url}#/learn/mask`, { bypassCSP: true, colorScheme });
    await page.locator('.effect .muted').filter({ hasText: 'This unit' }).waitFor();
    for (const note of await page.locator('.teacher summary').all()) await note.click();
    await page.locator('.spread').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.close();
  },
  120_000,
);

test('at 360 pixels nothing is wider than the page, and what is tapped is large enough', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/learn/networks`, {
    viewport: { width: 360, height: 740 },
  });
  await page.locator('.spread').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  const small = await page
    .locator('.learn :is(button.button, input[type=range], summary, .picture-strip button, .learn-nav a)')
    .evaluateAll((targets) =>
      targets
        .filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 43.5)
        .map((target) => target.outerHTML.slice(0, 120)),
    );
  expect(small).toEqual([]);
  await page.close();
});

test('a teacher’s note asks, answers, and has the line that puts the step into another page', async () => {
  const folder = temporaryFolder();
  const runsFolder = join(folder, 'runs');
  await mkdir(runsFolder);
  await exportViewer({ runsFolder, output: join(folder, 'web', 'viewer') });
  const server = createServer(sirv(join(folder, 'web'), { dev: true }));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const { page, complaints } = await openPage(browser, `${origin}/viewer/#/learn`, {
    viewport: { width: 980, height: 900 },
  });
  await page.locator('.teacher').first().waitFor();
  for (const note of await page.locator('.teacher summary').all()) await note.click();
  expect(await page.locator('.teacher dt').allTextContents()).toEqual(
    LEARN_STEPS.flatMap(() => ['Ask', 'Expect', 'Embed']),
  );
  const lines = await page.locator('.teacher code').allTextContents();
  expect(lines[1]).toMatch(
    /^<iframe src="http:\/\/127[^"]+\/viewer\/\?embed=mask" title="One unit, one picture"/,
  );
  for (const [i, step] of LEARN_STEPS.entries()) {
    const slide = join(folder, 'web', `${step}.html`);
    await writeFile(slide, `<!doctype html><title>A slide</title><link rel="icon" href="data:,">${lines[i]}`);
    await page.goto(`${origin}/${step}.html`);
    const frame = page.frameLocator('iframe');
    await frame.getByRole('heading', { level: 1 }).waitFor();
    await frame.locator('.stage-controls').first().waitFor();
    expect(await frame.getByRole('navigation').count()).toBe(0);
    expect(await frame.locator('.step').count()).toBe(1);
    expect(await frame.locator('.teacher').count()).toBe(0);
    const [content, room] = await frame
      .locator('html')
      .evaluate((html) => [html.scrollHeight, html.clientHeight]);
    expect(content, step).toBe(room);
  }
  expect(complaints).toEqual([]);
  await page.close();
}, 120_000);
