import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openPage } from '../../../scripts/chromium.ts';
import { startCli, temporaryFolder, writeSmallRun } from './testing.ts';

let browser: Browser;
let folder: string;
const started: ReturnType<typeof startCli>[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  folder = await temporaryFolder();
});

afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (...args: string[]) => {
  const process = startCli(args, folder);
  started.push(process);
  return process;
};

/** Starts the viewer, and waits until it says where it is. */
const startView = async (port: string) => {
  const view = start('view', 'runs', '--port', port, '--no-open');
  const url = () => /http:\S+/.exec(view.lines.join('\n'))?.[0];
  await expect.poll(url, { timeout: 30_000 }).toBeDefined();
  return { ...view, url: url()! };
};

test('a run in training is followed on a page that stays open, also past a restart of the viewer', async () => {
  const view = await startView('0');
  const { page, complaints } = await openPage(browser, view.url);
  await page.getByText('these ship with the viewer').waitFor();
  await page.evaluate(() => document.body.setAttribute('data-same-page', ''));

  const config = await writeSmallRun(folder, { epochs: 12 });
  const training = start('train', '--config', config, '--backend', 'wasm', '--run-dir', join('runs', 'live'));
  const row = page.getByRole('row').filter({ hasText: 'live' });
  await expect.poll(() => row.textContent(), { timeout: 60_000 }).toMatch(/% at \d/);

  view.child.kill('SIGINT');
  await view.ended;
  await page.getByText('Waiting for the server').waitFor();
  await startView(new URL(view.url).port);
  expect(await training.ended).toBe(0);
  await expect.poll(() => row.textContent(), { timeout: 30_000 }).toContain('completed');
  expect(await row.getByRole('img').getAttribute('aria-label')).toBe('validation accuracy over 12 epochs');
  await row.getByRole('link').click();
  await page.getByRole('heading', { name: 'Most confidently wrong' }).waitFor();
  await expect.poll(() => page.getByRole('img', { name: /^test image/ }).count()).toBeGreaterThan(0);
  expect(await page.locator('[data-same-page]').count()).toBe(1);
  // That a server is gone, the browser says by itself.
  expect(complaints.filter((complaint) => !complaint.includes('net::ERR_'))).toEqual([]);
  await page.close();
});
