import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { violationsOf } from '../testing/axe.ts';
import { downloaded } from '../testing/downloaded.ts';
import { createEndedRun } from '../testing/runs.ts';

let browser: Browser;
let viewer: Viewer;

beforeAll(async () => {
  browser = await sharedChromium();
  const root = temporaryFolder();
  for (const seed of [0, 1]) {
    await createEndedRun(root, `dropout-${seed}`, { seed });
    await createEndedRun(root, `none-${seed}`, { seed, model: { dropout: { rate: 0 } } });
  }
  viewer = await startViewer({ runsFolder: root, port: 0 });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

const curves = (page: Page) => page.locator('.plot svg g.line path').count();

const pressed = async (page: Page, press: () => Promise<void>): Promise<string> => {
  const [file] = await Promise.all([page.waitForEvent('download'), press()]);
  return (await downloaded(file)).toString('latin1');
};

test('charts of loss and accuracy, read together by pointer and by keyboard', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/compare`);
  await expect.poll(() => curves(page)).toBe(16);
  const loss = page.getByRole('group', { name: /^Loss/ });
  await loss.press('ArrowRight');
  await loss.press('ArrowRight');
  const readouts = page.locator('.readout');
  expect(await readouts.count()).toBe(2);
  expect(await readouts.first().textContent()).toMatch(/epoch 2.*dropout 0\.5 · seed 0, training.*0\.95/);
  // The dot of the curve that is named first, of training, is on it, at epoch 2.
  const [dot, point] = await loss.evaluate((plot) => {
    const [x, y] = plot.querySelectorAll('g.line path')[1]!.getAttribute('d')!.split(/[ML]/)[2]!.split(',');
    const { e, f } = new DOMMatrix(getComputedStyle(plot.querySelector('.hover-dot')!).transform);
    return [
      [e, f],
      [Number(x), Number(y)],
    ];
  });
  expect(dot!.map((at, i) => Math.abs(at - point![i]!))).toEqual([
    expect.closeTo(0, 1),
    expect.closeTo(0, 1),
  ]);
  await loss.press('Escape');
  expect(await readouts.count()).toBe(0);
  await loss.hover({ position: { x: 300, y: 100 } });
  await expect.poll(() => readouts.count()).toBe(2);
  expect(complaints).toEqual([]);
  await page.close();
});

test('the pointer moves what reads the charts, and has nothing else drawn', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/compare`);
  await expect.poll(() => curves(page)).toBe(16);
  const loss = page.getByRole('group', { name: /^Loss/ });
  const box = (await loss.boundingBox())!;
  await page.mouse.move(box.x + 100, box.y + 100);
  await page.locator('.readout').first().waitFor();
  await page.evaluate(() => {
    const touched = new Set<string>();
    Object.assign(window, { touched });
    new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement!;
        if (!element.closest('.readout, .crosshair, .hover-dot')) touched.add(element.outerHTML.slice(0, 80));
      }
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  for (let x = 110; x < 330; x += 20) await page.mouse.move(box.x + x, box.y + 100);
  await expect.poll(() => page.locator('.readout').first().textContent()).toMatch(/^epoch 2/);
  expect(await page.evaluate(() => [...(window as unknown as { touched: Set<string> }).touched])).toEqual([]);
  await page.close();
});

test('on paper there is no navigation, no table is cut, and no word is broken into letters', async () => {
  // As wide as a page of A4 within its margins.
  const { page } = await openPage(browser, `${viewer.url}#/compare`, {
    viewport: { width: 718, height: 1000 },
  });
  await page.emulateMedia({ media: 'print' });
  await expect.poll(() => curves(page)).toBe(16);
  for (const hidden of ['.top', '.controls', '.arm-picker', '.title-row .button']) {
    expect(await page.locator(hidden).first().isVisible()).toBe(false);
  }
  const tables = await page.locator('table').evaluateAll((all) =>
    all.map((table) => ({
      right: table.getBoundingClientRect().right,
      tallest: Math.max(
        ...[...table.querySelectorAll('tr')].map((row) => row.getBoundingClientRect().height),
      ),
    })),
  );
  expect(tables).toHaveLength(2);
  for (const { right, tallest } of tables) {
    expect(right).toBeLessThanOrEqual(718);
    // Three lines at most.
    expect(tallest).toBeLessThan(80);
  }
  await page.close();
});

test('no text of a chart covers another or leaves it, as it is drawn', async () => {
  for (const width of [360, 1280]) {
    const { page } = await openPage(browser, `${viewer.url}#/compare`, { viewport: { width, height: 800 } });
    await expect.poll(() => curves(page)).toBe(16);
    const charts = await page.locator('.plot').evaluateAll((plots) =>
      plots.map((plot) => ({
        frame: plot.getBoundingClientRect().toJSON() as DOMRect,
        texts: [...plot.querySelectorAll('svg text')].map((one) => ({
          text: one.textContent ?? '',
          box: one.getBoundingClientRect().toJSON() as DOMRect,
        })),
      })),
    );
    for (const { frame, texts } of charts) {
      expect(texts.map(({ text }) => text)).toEqual(
        expect.arrayContaining([expect.stringMatching(/^lowest/)]),
      );
      expect(texts.filter(({ box }) => box.left < frame.left || box.right > frame.right)).toEqual([]);
      const overlaps = texts.flatMap(({ text, box: a }, i) =>
        texts
          .slice(i + 1)
          .filter(
            ({ box: b }) =>
              a.left < b.right && b.left < a.right && a.top + 1 < b.bottom && b.top + 1 < a.bottom,
          )
          .map((other) => `${text} on ${other.text}`),
      );
      expect(overlaps).toEqual([]);
    }
    await page.close();
  }
});

test('the page begins with what the runs say, by the function that the report has it from', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/compare`);
  const verdict = page.getByRole('region', { name: 'What the runs say' });
  // All runs have the same accuracy.
  await expect
    .poll(() => verdict.textContent())
    .toMatch(
      /^On the same 10,000 validation images the models trained with “[^”]+” and “[^”]+” do not differ by more than chance with any of 2 seeds: 38\.0% against 38\.0% on average, \+0\.0 points/,
    );
  await page.getByRole('button', { name: 'no dropout' }).click();
  await expect.poll(() => verdict.count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();
});

test('what is shown stands in the address', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/compare`);
  await page.getByRole('checkbox', { name: 'Mean of each arm' }).check();
  await page.getByRole('checkbox', { name: 'Losses on a log scale' }).check();
  await page.getByRole('button', { name: 'no dropout' }).click();
  await expect.poll(() => page.url()).toMatch(/#\/compare\?runs=dropout-0&runs=dropout-1&log=yes&group=yes$/);
  const loss = page.getByRole('group', { name: /^Loss/ });
  await loss.scrollIntoViewIfNeeded();
  const box = (await loss.boundingBox())!;
  await page.mouse.move(box.x + 120, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 240, box.y + 100);
  await page.mouse.up();
  // From whole epoch to whole epoch.
  await expect.poll(() => page.url()).toMatch(/from=1&to=2$/);
  await page.goBack();
  await expect.poll(() => page.url()).not.toContain('from');
  await page.goForward();
  await expect.poll(() => page.url()).toMatch(/from=1&to=2$/);
  const copy = await openPage(browser, page.url());
  await expect.poll(() => curves(copy.page)).toBe(4);
  expect(await copy.page.getByRole('checkbox', { name: 'Mean of each arm' }).isChecked()).toBe(true);
  await copy.page.close();
  await page.close();
});

test('two fingers zoom, one reads, and all can be shown again', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/compare`, {
    hasTouch: true,
    viewport: { width: 390, height: 844 },
  });
  await expect.poll(() => curves(page)).toBe(16);
  const loss = page.getByRole('group', { name: /^Loss/ });
  await loss.scrollIntoViewIfNeeded();
  const box = (await loss.boundingBox())!;
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...shares: number[]) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: shares.map((share, id) => ({ x: box.x + share * box.width, y: box.y + 100, id })),
    });
  await touch('touchStart', 0.5);
  await touch('touchEnd');
  expect(await page.locator('.readout').count()).toBe(2);

  await touch('touchStart', 0.4, 0.6);
  await touch('touchMove', 0.3, 0.7);
  await touch('touchMove', 0.2, 0.8);
  // Fingers that are lifted while they move begin a fling, and browsers take the next tap for its end.
  await page.waitForTimeout(200);
  await touch('touchMove', 0.2, 0.801);
  await touch('touchEnd');
  await expect.poll(() => page.url()).toMatch(/from=\d&to=\d$/);
  await page.locator('.chart').first().getByRole('button', { name: 'Show all' }).tap();
  await expect.poll(() => page.url()).not.toContain('from');

  const before = await page.evaluate(() => scrollY);
  await session.send('Input.synthesizeScrollGesture', { x: box.x + 150, y: box.y + 120, yDistance: -200 });
  expect(await page.evaluate(() => scrollY)).toBeGreaterThan(before);
  await page.close();
});

test('settings that differ, and downloads', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/compare`, { acceptDownloads: true });
  await expect.poll(() => curves(page)).toBe(16);
  expect(await page.getByRole('row').filter({ hasText: 'model.dropout.rate' }).textContent()).toBe(
    'model.dropout.ratedropout 0.5no dropout',
  );
  expect(await page.getByRole('row').filter({ hasText: /^seed/ }).textContent()).toBe('seed0, 10, 1');
  const csv = await pressed(page, () => page.getByRole('button', { name: 'Download CSV' }).click());
  expect(csv.split('\r\n')).toHaveLength(1 + 4 * 3 + 1);
  const svg = await pressed(page, () => page.getByRole('button', { name: 'SVG' }).first().click());
  expect(svg).toMatch(/^<svg .*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).not.toContain('var(--');
  // What the page says around the chart, the file says itself.
  for (const text of [
    'Loss',
    'loss (crossentropy, nats)',
    'epoch',
    'dropout 0.5 · seed 1, validation',
    'no dropout · seed 0, training',
    'lowest validation loss',
  ])
    expect(Buffer.from(svg, 'latin1').toString()).toContain(text);
  const png = await pressed(page, () => page.getByRole('button', { name: 'PNG' }).first().click());
  expect(png.slice(1, 4)).toBe('PNG');
  await page.close();
});

test.each(['light', 'dark'] as const)('axe finds nothing on Runs and Compare, %s', async (colorScheme) => {
  for (const address of ['#/runs', '#/compare?group=yes']) {
    const { page } = await openPage(browser, viewer.url + address, { colorScheme, bypassCSP: true });
    await page.getByRole('heading', { level: 1 }).waitFor();
    if (address.includes('compare')) await expect.poll(() => curves(page)).toBe(8);
    expect(await violationsOf(page)).toEqual([]);
    await page.close();
  }
});
