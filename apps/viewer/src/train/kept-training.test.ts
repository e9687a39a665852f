import { join } from 'node:path';
import type { NamedArray } from '@dropout-lab/contracts';
import { sha256Sync } from '@dropout-lab/files';
import { withoutVoided } from '@dropout-lab/runs';
import type { RunReader } from '@dropout-lab/runs/node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { card, downloadRun, losses } from '../testing/trained-run.ts';

let browser: Browser;
let viewer: Viewer;

beforeAll(async () => {
  browser = await sharedChromium();
  const root = temporaryFolder();
  viewer = await startViewer({ runsFolder: root, port: 0, dataFolder: join(root, 'no-data') });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

/** Of a busy machine, in milliseconds. */
const PATIENCE = 120_000;

const EPOCHS = 14;
const LABELS = ['dropout 0.25', 'no dropout'];

const address = (): string =>
  `${viewer.url}#/train?limit-train=24&limit-test=4&batch-size=8&epochs=${EPOCHS}&dropout=0.25&seed=3&backend=wasm`;

const untilCompleted = async (page: Page): Promise<void> => {
  for (const label of LABELS) await card(page, label).getByText('completed').waitFor({ timeout: PATIENCE });
};

/** The epochs of the runs that the browser has kept. */
const keptEpochs = (page: Page): Promise<number[]> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('dropout-lab');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const all = opening.result.transaction('runs-in-training').objectStore('runs-in-training').getAll();
          all.onerror = () => reject(all.error);
          all.onsuccess = () => {
            opening.result.close();
            const about = all.result.filter((value) => 'savedAt' in value) as { readonly epoch: number }[];
            resolve(about.map(({ epoch }) => epoch));
          };
        };
      }),
  );

/** Arrays by the digests of their bytes: matchers would look at each of millions of numbers. */
const digestsOf = (arrays: readonly NamedArray[]) =>
  arrays.map(({ name, shape, values: { buffer, byteOffset, byteLength } }) => ({
    name,
    shape,
    sha256: sha256Sync(new Uint8Array(buffer, byteOffset, byteLength)),
  }));

/** Weights, slots and progress at the end, and the loss of each step; those after the checkpoint that was kept are void. */
const resultOf = async (run: RunReader) => {
  const { snapshot } = await run.loadCheckpoint('last');
  const { epochSeconds: _, ...progress } = snapshot.progress;
  const { events } = await run.readEvents();
  return {
    weights: digestsOf(snapshot.weights),
    slots: digestsOf(snapshot.slots),
    progress,
    losses: losses(withoutVoided(events)),
  };
};

test('a training that a reload has cut off continues to the bit; before, the browser asks', async () => {
  const { page, complaints } = await openPage(browser, address(), { acceptDownloads: true });
  page.setDefaultTimeout(PATIENCE);
  await page.getByRole('button', { name: 'Train' }).click();
  await untilCompleted(page);
  const whole = [];
  for (const label of LABELS) whole.push(await resultOf(await downloadRun(page, label)));
  await page.getByRole('button', { name: 'Train again' }).click();
  for (const label of LABELS)
    await card(page, label)
      .getByText(/\b(?:[3-9]|1[0-3]) of 14/)
      .waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(async () => (await keptEpochs(page)).filter((epoch) => epoch > 0)).toHaveLength(2);

  let question = '';
  page.once('dialog', (dialog) => {
    question = dialog.type();
    void dialog.accept();
  });
  await page.reload();
  expect(question).toBe('beforeunload');
  const offer = page.getByRole('region', { name: 'A training was cut off' });
  await offer.waitFor();
  expect(await offer.textContent()).toMatch(
    /dropout 0\.25 epoch (?:\d|1[0-3]) of 14.*no dropout epoch (?:\d|1[0-3]) of 14/,
  );
  await offer.getByRole('button', { name: 'Continue' }).click();
  await untilCompleted(page);
  for (const [i, label] of LABELS.entries()) {
    const run = await downloadRun(page, label);
    const { events } = await run.readEvents();
    expect(events.filter(({ kind }) => kind === 'run-resumed')).toHaveLength(1);
    const { losses: found, ...state } = await resultOf(run);
    const { losses: expected, ...end } = whole[i]!;
    expect(found).toEqual(expected);
    expect(state).toEqual(end);
    expect(await run.readEvaluation()).toBeDefined();
  }

  // What has ended is shown again, without being trained; nothing is asked before it is left.
  question = '';
  page.once('dialog', (dialog) => {
    question = dialog.type();
    void dialog.accept();
  });
  await page.reload();
  expect(question).toBe('');
  const ended = page.getByRole('region', { name: 'Your last training is still here' });
  await ended.getByRole('button', { name: 'Show it' }).click();
  await untilCompleted(page);
  const again = await resultOf(await downloadRun(page, LABELS[0]!));
  expect(again.weights).toEqual(whole[0]!.weights);

  // What is reset is forgotten.
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => keptEpochs(page)).toEqual([]);
  await page.reload();
  await page.getByText('Trains the ConvNet of the tutorial').waitFor();
  await expect.poll(() => page.locator('.cut-off').count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();
}, 400_000);

test('elsewhere, the head says what trains; another tab does not offer to continue it', async () => {
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  await page.goto(`${viewer.url}#/train?arms=with&limit-train=24&batch-size=8&epochs=300&backend=wasm`);
  await page.getByRole('button', { name: 'Train' }).click();
  await card(page, 'dropout 0.5')
    .getByText(/[2-9] of 300/)
    .waitFor();
  const chip = page.locator('.training-chip');
  expect(await chip.count()).toBe(0);
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await expect.poll(() => chip.textContent()).toMatch(/^Trainingepoch \d+ of 300$/);
  expect(await chip.getAttribute('title')).toBe('dropout 0.5');

  const other = await context.newPage();
  await other.goto(`${viewer.url}#/train`);
  await other.getByText('Trains the ConvNet of the tutorial').waitFor();
  await other.waitForTimeout(500);
  expect(await other.locator('.cut-off').count()).toBe(0);

  await chip.click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('link', { name: 'Playground', exact: true }).click();
  await expect.poll(() => chip.textContent()).toMatch(/^Paused/);
  await chip.click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await card(page, 'dropout 0.5').getByText('interrupted').waitFor();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  expect(await chip.count()).toBe(0);

  // The tab is gone: another one may continue.
  await page.close();
  await other.reload();
  const offer = other.getByRole('region', { name: 'Your last training is still here' });
  await offer.waitFor();
  await offer.getByRole('button', { name: 'Discard' }).click();
  await expect.poll(() => offer.count()).toBe(0);
  await context.close();
}, 400_000);

test('where the browser keeps nothing, the page says so, and trains', async () => {
  const { page } = await openPage(browser, 'about:blank');
  page.setDefaultTimeout(PATIENCE);
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('no storage here', 'SecurityError');
    };
  });
  await page.goto(`${viewer.url}#/train?arms=with&limit-train=20&batch-size=8&epochs=1&backend=wasm`);
  await page.getByRole('button', { name: 'Train' }).click();
  await card(page, 'dropout 0.5').getByText('completed').waitFor();
  expect(await card(page, 'dropout 0.5').textContent()).toContain(
    'This browser does not keep the run in case you leave the page: no storage here',
  );
  await page.close();
}, 240_000);
