import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { prepareRunData } from '@dropout-lab/cifar';
import { loadSample } from '@dropout-lab/cifar/sample';
import type { RunConfig, RunEvent } from '@dropout-lab/contracts';
import { buildModel } from '@dropout-lab/model';
import { openRunDirectory, type RunReader } from '@dropout-lab/runs/node';
import { train } from '@dropout-lab/training';
import { unzipSync } from 'fflate';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openPage } from '../../../scripts/chromium.ts';
import { startViewer, type Viewer } from './server/start-viewer.ts';
import { violationsOf } from './testing/axe.ts';
import { temporaryFolder } from './testing/runs.ts';

let browser: Browser;
let viewer: Viewer;

beforeAll(async () => {
  browser = await launchChromium();
  const root = await temporaryFolder();
  viewer = await startViewer({ runsFolder: root, port: 0, dataFolder: join(root, 'no-data') });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

const card = (page: Page, label: string): Locator => page.getByRole('region', { name: label, exact: true });

/** Downloads the run of an arm, unpacks it, and opens it as the trainer would. */
const downloadRun = async (page: Page, label: string): Promise<RunReader> => {
  const waiting = page.waitForEvent('download');
  await card(page, label).getByRole('button', { name: 'Download the run' }).click();
  const zip = await readFile(await (await waiting).path());
  const folder = await temporaryFolder();
  const files = Object.entries(unzipSync(zip));
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return openRunDirectory(join(folder, files[0]![0].split('/')[0]!));
};

const losses = (events: readonly RunEvent[]): number[] =>
  events.flatMap((event) => (event.kind === 'step' ? [event.loss] : []));

/** Losses of the same steps in Node. */
const lossesInNode = async (config: RunConfig): Promise<number[]> => {
  await startBackend('wasm');
  const data = prepareRunData(loadSample(), config);
  const model = buildModel(config.model, config.seed);
  const events: RunEvent[] = [];
  for await (const event of train({ model, config, train: data.train })) events.push(event);
  model.dispose();
  return losses(events);
};

test.each([
  ['webgl', [], /webgl \(.*SwiftShader.*, in software\): as asked/],
  [
    'webgpu',
    ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
    /webgpu \(.*swiftshader, in software\): as asked/,
  ],
] as const)(
  '%s trains with the losses of Node, and its run can be opened there',
  async (backend, options, reason) => {
    const chromium = await launchChromium(options);
    try {
      const { page, complaints } = await openPage(
        chromium,
        `${viewer.url}#/train?arms=with&images=40&batch=16&epochs=1&seed=7&backend=${backend}`,
        { acceptDownloads: true },
      );
      await page.getByRole('button', { name: 'Train' }).click();
      const arm = card(page, 'dropout 0.5');
      await arm.getByText('completed').waitFor({ timeout: 100_000 });
      expect(await arm.textContent()).toMatch(reason);
      const run = await downloadRun(page, 'dropout 0.5');
      expect(run.manifest.backend.name).toBe(backend);
      const found = losses((await run.readEvents()).events);
      const expected = await lossesInNode(run.manifest.config);
      expect(found).toHaveLength(2);
      for (const [i, loss] of expected.entries()) expect(Math.abs(found[i]! - loss)).toBeLessThan(1e-3);
      const { snapshot } = await run.loadCheckpoint('last');
      expect(snapshot.progress.step).toBe(2);
      expect(complaints).toEqual([]);
    } finally {
      await chromium.close();
    }
  },
  120_000,
);

test('trains with and without dropout from the same start, pauses, goes on and stops', async () => {
  const { page, complaints } = await openPage(
    browser,
    `${viewer.url}#/train?images=250&batch=10&epochs=200&rate=0.25&seed=1`,
    { acceptDownloads: true },
  );
  await page.getByText('It trains on the 250 images that ship with the page').waitFor();
  await page.getByRole('button', { name: 'Train' }).click();
  const [dropped, plain] = [card(page, 'dropout 0.25'), card(page, 'no dropout')];
  for (const arm of [dropped, plain]) {
    await arm.getByText(/2 of 200|3 of 200|4 of 200/).waitFor();
    expect(await arm.textContent()).toContain('wasm (SIMD): since the browser offers no graphics processor');
  }
  // Two curves of each arm, in two charts.
  await expect.poll(() => page.locator('.plot svg g.line path').count()).toBe(8);

  await page.getByRole('button', { name: 'Pause' }).click();
  await dropped.getByText('paused').waitFor();
  const accuracyOf = (arm: Locator) => arm.getByRole('definition').nth(1).textContent();
  // What is on its way when it is paused still arrives.
  await page.waitForTimeout(1000);
  const before = await accuracyOf(plain);
  await page.waitForTimeout(1000);
  expect(await accuracyOf(plain)).toBe(before);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(() => accuracyOf(plain)).not.toBe(before);

  // It goes on while another page is looked at.
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  await page.getByRole('link', { name: 'Train here' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await dropped.getByText('interrupted').waitFor();
  await plain.getByText('interrupted').waitFor();
  const [first, second] = [await downloadRun(page, 'dropout 0.25'), await downloadRun(page, 'no dropout')];
  expect([first, second].map(({ manifest }) => manifest.config.model.dropout.rate)).toEqual([0.25, 0]);
  expect((await first.readEvents()).events.at(-1)).toMatchObject({
    kind: 'run-ended',
    reason: 'interrupted',
  });
  const step = (await first.loadCheckpoint('last')).snapshot.progress.step;
  const config = { ...first.manifest.config, epochs: 1 };
  expect(losses((await first.readEvents()).events)).toHaveLength(step);
  const found = losses((await first.readEvents()).events).slice(0, 20);
  for (const [i, loss] of (await lossesInNode(config)).entries()) expect(found[i]).toBeCloseTo(loss, 3);

  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByText('Trains the ConvNet of the tutorial').waitFor();
  expect(complaints).toEqual([]);
  await page.close();
}, 120_000);

test('without any WebGL it trains on wasm, and says why', async () => {
  const without = await launchChromium(['--use-gl=disabled']);
  try {
    const { page } = await openPage(
      without,
      `${viewer.url}#/train?arms=without&images=20&batch=8&epochs=1&backend=webgl`,
    );
    await page.getByRole('button', { name: 'Train' }).click();
    await card(page, 'no dropout').getByText('completed').waitFor();
    expect(await card(page, 'no dropout').textContent()).toContain(
      'wasm (SIMD): as asked for, since training failed elsewhere: backend webgl: expected a browser with WebGL 2, found none',
    );
  } finally {
    await without.close();
  }
});

test('goes on with wasm from the start when the graphics processor is lost, paused if it was', async () => {
  const fragile = await launchChromium();
  try {
    const { page } = await openPage(
      fragile,
      `${viewer.url}#/train?arms=with&images=60&batch=16&epochs=2&backend=webgl`,
    );
    await page.getByRole('button', { name: 'Train' }).click();
    const arm = card(page, 'dropout 0.5');
    await arm.getByText('1 of 2').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Pause' }).click();
    await (await fragile.newBrowserCDPSession()).send('Browser.crashGpuProcess');
    await arm
      .getByText('wasm (SIMD): as asked for, since training failed elsewhere')
      .waitFor({ timeout: 60_000 });
    await arm.getByText('paused').waitFor();
    expect(await arm.getByRole('button', { name: 'Download the run' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Resume' }).click();
    await arm.getByText('completed').waitFor();
  } finally {
    await fragile.close();
  }
}, 150_000);

test('trained anew while it trains, the page shows the new run', async () => {
  const { page, complaints } = await openPage(
    browser,
    `${viewer.url}#/train?arms=without&images=250&batch=10&epochs=300&backend=wasm`,
    { acceptDownloads: true },
  );
  await page.getByRole('button', { name: 'Train' }).click();
  const arm = card(page, 'no dropout');
  await arm.getByText(/[2-9] of 300/).waitFor();
  await page.getByLabel('Epochs').fill('2');
  await page.getByLabel('Images').fill('40');
  await page.getByRole('button', { name: 'Train anew' }).click();
  await arm.getByText('completed').waitFor();
  expect(await arm.textContent()).not.toContain('of 300');
  const { config } = (await downloadRun(page, 'no dropout')).manifest;
  expect([config.epochs, config.limitTrain]).toEqual([2, 40]);

  // Stopped before its first step, and reset before it has begun.
  await page.getByRole('button', { name: 'Train anew' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await arm.getByText('interrupted').waitFor();
  await page.getByRole('button', { name: 'Train anew' }).click();
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByText('Trains the ConvNet of the tutorial').waitFor();

  // What was set is not forgotten on another page.
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await page.getByRole('link', { name: 'Train here' }).click();
  expect(await page.getByLabel('Images').inputValue()).toBe('40');
  expect(complaints).toEqual([]);
  await page.close();
}, 120_000);

test('where nothing can compute, it says why', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/train?arms=without&images=20&backend=wasm`);
  await page.context().route('**/*.wasm', (route) => route.abort());
  await page.getByRole('button', { name: 'Train' }).click();
  const fault = card(page, 'no dropout').getByRole('alert');
  await fault.waitFor();
  expect(await fault.textContent()).toMatch(
    /^Training failed: backend wasm: expected TensorFlow.js to initialize it/,
  );
  expect(await card(page, 'no dropout').getByRole('button', { name: 'Download the run' }).isDisabled()).toBe(
    true,
  );
  await page.close();
});

test('an impossible setting is refused in the form', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/train?images=40`);
  await page.getByLabel('Epochs').fill('0');
  await page.getByLabel('Epochs').press('Enter');
  expect(
    await page.getByLabel('Epochs').evaluate((input: HTMLInputElement) => input.validity.rangeUnderflow),
  ).toBe(true);
  expect(await page.getByText('Trains the ConvNet of the tutorial').count()).toBe(1);
  await page.close();
});

test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
  const { page } = await openPage(browser, `${viewer.url}#/train?arms=without&images=20&batch=8&epochs=2`, {
    colorScheme,
    bypassCSP: true,
  });
  await page.getByRole('button', { name: 'Train' }).click();
  await card(page, 'no dropout').getByText('completed').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.close();
});
