import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordStudy } from '@dropout-lab/study/node';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { exportViewer } from '../server/export-viewer.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { violationsOf } from '../testing/axe.ts';
import { createEndedRun } from '../testing/runs.ts';

let browser: Browser;
let viewer: Viewer;
let folder: string;
let runsFolder: string;

const withoutDropout = { model: { dropout: { rate: 0 } } };

beforeAll(async () => {
  browser = await sharedChromium();
  folder = temporaryFolder();
  runsFolder = join(folder, 'runs');
  const store = join(runsFolder, 'studies');
  for (const seed of [0, 1]) {
    await createEndedRun(runsFolder, `studies/masked-${seed}`, { epochs: 3, seed });
    await createEndedRun(runsFolder, `studies/plain-${seed}`, { epochs: 3, seed, ...withoutDropout });
  }
  await createEndedRun(runsFolder, 'studies/other', { epochs: 4 });
  await recordStudy(store, {
    name: 'small',
    title: 'Does it help?',
    config: { epochs: 3 },
    arms: { masked: { title: 'half of it dropped' }, plain: { title: 'all of it', changes: withoutDropout } },
    seeds: [0, 1],
  });
  await writeFile(join(store, 'torn.study.json'), '{"schemaVersion": 2, "study"');
  viewer = await startViewer({ runsFolder, port: 0, dataFolder: join(folder, 'no-data') });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

test('arms have the titles of their study on every page, and its report is linked once it is there', async () => {
  const { page, complaints } = await openPage(browser, viewer.url, { bypassCSP: true });
  const study = page.getByRole('region', { name: 'Studies' }).getByRole('listitem');
  await study.waitFor();
  expect(await study.textContent()).toMatch(/^Does it help\? 2 arms, 4 runs/);
  await page.getByRole('row').filter({ hasText: 'masked-0' }).getByText('half of it dropped').waitFor();
  await page.getByRole('row').filter({ hasText: 'plain-1' }).getByText('all of it').waitFor();
  // A run that is none of the study's is named by its settings.
  expect(await page.getByRole('row').filter({ hasText: 'other' }).textContent()).toContain(
    'dropout 0.5 · 4 epochs',
  );
  expect(await violationsOf(page)).toEqual([]);

  await study.getByText('Report', { exact: true }).click();
  await study.getByText(`dropout-lab report small --store ${runsFolder}/studies`).waitFor();
  await study.getByRole('link', { name: 'Compare' }).click();
  await page.getByRole('heading', { name: 'Compare', level: 1 }).waitFor();
  await page.getByText('half of it dropped').first().waitFor();

  const report = '<!doctype html><title>Does it help?</title><h1 style="color: red">Does it help?</h1>';
  await mkdir(join(folder, 'reports', 'small'), { recursive: true });
  await writeFile(join(folder, 'reports', 'small', 'index.html'), report);
  const link = page.getByRole('link', { name: 'Report' });
  await link.waitFor();
  const [opened] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  await opened.getByRole('heading', { name: 'Does it help?' }).waitFor();
  expect(complaints).toEqual([]);
  const answer = await fetch(`${viewer.url}reports/small.html`);
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'unsafe-inline'/,
  );
  for (const path of ['reports/small', 'reports/other.html', 'reports/..%2fsmall.html', 'reports/torn.html'])
    expect([path, (await fetch(`${viewer.url}${path}`)).status]).toEqual([
      path,
      expect.toSatisfy((status) => status >= 400),
    ]);
  await page.close();

  const output = join(folder, 'site');
  await exportViewer({ runsFolder, output, dataFolder: join(folder, 'no-data') });
  expect(await readFile(join(output, 'reports', 'small.html'), 'utf8')).toBe(report);
  const { studies } = JSON.parse(await readFile(join(output, 'runs', 'catalogue.json'), 'utf8'));
  expect(studies).toMatchObject([{ name: 'small', folder: 'studies', hasReport: true }]);
}, 120_000);

test('a name that a person gives an arm stands before the title of the study', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/run?runs=studies%2Fmasked-0`);
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByLabel('Name of all runs with these settings').fill('mine');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('row').filter({ hasText: 'masked-1' }).getByText('mine').waitFor();
  await page.getByRole('row').filter({ hasText: 'plain-1' }).getByText('all of it').waitFor();
  await page.close();
});
