import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { createEndedRun, createRun, ended, epochEvent, started, stepEvent } from '../testing/runs.ts';

let browser: Browser;
let root: string;
let viewer: Viewer;

beforeAll(async () => {
  browser = await sharedChromium();
  root = temporaryFolder();
  await createEndedRun(root, 'dropout', { seed: 1 });
  await createEndedRun(root, 'no-dropout', { model: { dropout: { rate: 0 } } });
  await createEndedRun(root, '<script>document.title="caught"<');
  await mkdir(join(root, 'damaged'));
  await writeFile(join(root, 'damaged', 'run.json'), '{"id": <script>');
  viewer = await startViewer({ runsFolder: root, port: 0 });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

test('lists runs, whatever their names, and says which are corrupt', async () => {
  const { page, complaints } = await openPage(browser, viewer.url);
  await page.getByRole('link', { name: 'no-dropout' }).waitFor();
  expect(await page.title()).toBe('Runs · dropout-lab');
  expect(await page.getByRole('link', { name: '<script>document.title="caught"<' }).count()).toBe(1);
  const row = page.getByRole('row').filter({ hasText: 'no-dropout' });
  expect(await row.textContent()).toMatch(/completed.*no dropout.*38\.0% at 3.*38\.0%.*0\.6333.*1 min 0 s/s);
  expect(await page.getByText('1 corrupt run').count()).toBe(1);
  expect(await page.locator('.corrupt').textContent()).toContain('run.json: expected JSON');
  expect(complaints).toEqual([]);
  await page.close();
});

test('sorts, filters, picks and compares, with the keyboard alone', async () => {
  const { page } = await openPage(browser, viewer.url);
  const names = () => page.locator('tbody tr:not([hidden]) th a').allTextContents();
  await page.getByRole('button', { name: 'Run', exact: true }).press('Enter');
  expect(await names()).toEqual(['<script>document.title="caught"<', 'dropout', 'no-dropout']);
  expect(await page.getByRole('columnheader', { name: 'Run', exact: true }).getAttribute('aria-sort')).toBe(
    'ascending',
  );
  await page.getByRole('searchbox').fill('no dropout');
  expect(await names()).toEqual(['no-dropout']);
  expect(page.url()).toMatch(/#\/runs\?filter=no\+dropout&sort=name&descending=no$/);
  await page.getByRole('searchbox').fill('nothing like it');
  await page.getByText('No run has').waitFor();
  await page.getByRole('button', { name: 'Show all' }).press('Enter');
  await page.getByRole('checkbox', { name: 'Pick no-dropout' }).press('Space');
  await page.getByRole('checkbox', { name: 'Pick dropout', exact: true }).press('Space');
  await page.getByRole('link', { name: 'Compare 2 runs' }).press('Enter');
  expect(page.url()).toMatch(/#\/compare\?runs=dropout&runs=no-dropout$/);
  await page.close();
});

test('a run in progress is followed, also past a restart of the server', async () => {
  const { page } = await openPage(browser, viewer.url);
  await page.getByRole('link', { name: 'no-dropout' }).waitFor();
  const run = await createRun(root, 'growing');
  run.append(started);
  const row = page.getByRole('row').filter({ hasText: 'growing' });
  await row.waitFor();
  run.append(stepEvent(1, 80));
  await expect.poll(() => row.getByRole('progressbar').getAttribute('value')).toBe(String(0.5 / 3));
  run.append(epochEvent(1));
  await expect.poll(() => row.textContent()).toContain('36.0% at 1');

  const port = Number(new URL(viewer.url).port);
  await viewer.close();
  await page.getByRole('banner').getByText('Waiting for the server').waitFor();
  run.append(epochEvent(2));
  viewer = await startViewer({ runsFolder: root, port });
  await expect.poll(() => row.textContent(), { timeout: 15_000 }).toContain('37.0% at 2');
  run.append(ended);
  await run.close();
  await expect.poll(() => row.textContent()).toContain('completed');
  await page.close();
});

test('without runs there are those that ship with the viewer, until the first one appears', async () => {
  const empty = await startViewer({ runsFolder: join(root, 'nothing'), port: 0 });
  const { page } = await openPage(browser, empty.url);
  await page.getByText('these ship with the viewer').waitFor();
  expect(await page.getByRole('link', { name: /^(no-)?dropout-seed-\d$/ }).count()).toBe(4);
  await page.getByRole('link', { name: 'no-dropout-seed-0' }).click();
  await page.getByRole('heading', { name: 'Most confidently wrong' }).waitFor();
  await expect.poll(() => page.getByRole('img', { name: /^filter/ }).count()).toBe(16);
  await page.goBack();
  await createEndedRun(join(root, 'nothing'), 'first');
  await page.getByRole('link', { name: 'first' }).waitFor();
  expect(await page.getByText('these ship with the viewer').count()).toBe(0);
  await page.close();
  await empty.close();
});
