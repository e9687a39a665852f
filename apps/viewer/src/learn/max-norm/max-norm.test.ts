import { startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import { prepareRunData } from '@dropout-lab/data';
import { weightNorms } from '@dropout-lab/metrics';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { createReplica, train } from '@dropout-lab/training';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedChromium } from '../../../../../scripts/chromium.mjs';
import type { Viewer } from '../../server/start-viewer.ts';
import { openStep, startLearn } from '../testing/learn.ts';
import { configWithLimit, countAtLimit, LAYER, STEPS, UNITS, WEIGHTS } from './norms.ts';

let browser: Browser;
let viewer: Viewer;

beforeAll(async () => {
  await startBackend('wasm');
  [browser, viewer] = await Promise.all([sharedChromium(), startLearn()]);
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

/** The norms after the last step, trained in Node. */
const normsInNode = async (limit: number | null): Promise<Float64Array> => {
  const config = configWithLimit(limit);
  const data = prepareRunData(loadSample(), config);
  const model = buildModel(modelSpecOf(config), config.seed);
  const checkpoints = { save: async () => {} };
  let steps = 0;
  for await (const event of train({
    model,
    config,
    train: data.train,
    replica: createReplica(model),
    checkpoints,
  })) {
    if (event.kind === 'step') steps++;
  }
  expect(steps).toBe(STEPS);
  const kernel = model.getLayer(LAYER).getWeights()[0]!;
  expect(kernel.shape).toEqual([WEIGHTS, UNITS]);
  const norms = weightNorms({ name: LAYER, shape: kernel.shape, values: kernel.dataSync<'float32'>() }, [0]);
  model.dispose();
  return norms;
};

const largest = (page: Page): Promise<string[]> =>
  page.locator('.norm-bars figcaption .muted').allTextContents();
const counts = (page: Page): Promise<string[]> => page.locator('.norm-bars p').allTextContents();

test('it trains twice, and the norms are those of Node: above the limit without it, at it with it', async () => {
  const { page, complaints } = await openStep(browser, viewer, 'max-norm');
  await expect.poll(() => counts(page)).toEqual(['Not trained yet', 'Not trained yet']);
  await page.getByRole('button', { name: 'Train' }).click();
  await page.locator('#step-max-norm').getByText(`${STEPS} steps each`).waitFor({ timeout: 200_000 });
  const [free, limited] = [await normsInNode(null), await normsInNode(1.75)];
  expect(Math.max(...free)).toBeGreaterThan(2);
  expect(await largest(page)).toEqual([`largest ${Math.max(...free).toFixed(2)}`, 'largest 1.75']);
  expect(await counts(page)).toEqual([
    `${countAtLimit(free, 1.75)} of 64 units above 1.75`,
    `${countAtLimit(limited, 1.75)} of 64 units at the limit`,
  ]);
  expect(countAtLimit(limited, 1.75)).toBeGreaterThan(0);
  // Nothing computes any more.
  await expect.poll(() => page.workers()).toEqual([]);

  // Another limit is trained with by itself.
  await page.getByRole('slider', { name: 'Limit' }).fill('1.25');
  await page.getByRole('button', { name: 'Training …' }).waitFor();
  await expect
    .poll(async () => (await counts(page))[1], { timeout: 100_000 })
    .toMatch(/^6[0-4] of 64 units at the limit/);
  expect(complaints).toEqual([]);
  await page.close();
}, 400_000);
