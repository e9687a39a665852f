import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openPage } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { runCli, startCli, writeSmallRun } from '../command/testing.ts';

let browser: Browser;
const folder = temporaryFolder();
const started: ReturnType<typeof startCli>[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await browser?.close();
});

const start = (...args: string[]) => {
  const process = startCli(args, folder);
  started.push(process);
  return process;
};

/** Starts the viewer with the folder that `train` makes, and waits until it says where it is. */
const startView = async (port: string, ...options: readonly string[]) => {
  const view = start('view', '--port', port, '--no-open', ...options);
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
  await page.getByRole('banner').getByText('Waiting for the server').waitFor();
  await startView(new URL(view.url).port);
  expect(await training.ended).toBe(0);
  await expect.poll(() => row.textContent(), { timeout: 30_000 }).toContain('completed');
  expect(await row.getByRole('img').getAttribute('aria-label')).toBe('validation accuracy over 12 epochs');
  await row.getByRole('link').click();
  await page.getByRole('heading', { name: 'Most confidently wrong' }).waitFor();
  await expect
    .poll(() => page.getByRole('img', { name: /^test image/ }).count(), { timeout: 30_000 })
    .toBeGreaterThan(0);
  expect(await page.locator('[data-same-page]').count()).toBe(1);
  // That a server is gone, the browser says by itself.
  expect(complaints.filter((complaint) => !complaint.includes('net::ERR_'))).toEqual([]);
  await page.close();
});

test('a run that was stopped in the page goes on in Node, on the same images', async () => {
  const view = await startView('0');
  const settings = '?arms=with&limit-train=200&limit-test=50&batch-size=50&epochs=12&seed=2&backend=wasm';
  const { page, complaints } = await openPage(browser, `${view.url}#/train${settings}`, {
    acceptDownloads: true,
  });
  await page.getByRole('button', { name: 'Train' }).click();
  // Looked for in every frame: on a fast machine an epoch is over before Playwright looks again.
  await page.waitForFunction(() => document.body.innerText.includes(' of 12'));
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('interrupted').waitFor();
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the run' }).click();
  for (const [path, content] of Object.entries(unzipSync(await readFile(await (await waiting).path())))) {
    const file = join(folder, path.replace(/^[^/]+/, 'stopped'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  expect(complaints).toEqual([]);
  await page.close();
  view.child.kill('SIGINT');

  const resumed = await runCli(['train', '--resume', 'stopped'], { cwd: folder });
  // Nothing but progress.
  expect(resumed.stderr).toMatch(/^(Epoch .*\n?)*$/);
  expect(resumed.code).toBe(0);
  const options = ['--limit-train', '200', '--limit-test', '50', '--batch-size', '50', '--epochs', '12'];
  const whole = await runCli(
    ['train', ...options, '--seed', '2', '--backend', 'wasm', '--run-dir', 'whole'],
    {
      cwd: folder,
    },
  );
  expect(whole.code).toBe(0);
  const lossesOf = async (run: string): Promise<number[]> =>
    (await readFile(join(folder, run, 'history.csv'), 'utf8'))
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => Number(line.split(',')[2]));
  const losses = await lossesOf('stopped');
  expect(losses).toHaveLength(12);
  expect(losses).toEqual(await lossesOf('whole'));
}, 120_000);
