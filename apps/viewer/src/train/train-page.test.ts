import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import type { Flag, RunConfig, RunManifest } from '@dropout-lab/contracts';
import { prepareRunData } from '@dropout-lab/data';
import { runExperiment } from '@dropout-lab/experiment';
import { createRunDirectory, openRunDirectory, type RunReader } from '@dropout-lab/runs/node';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openPage, sharedChromium } from '../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../server/start-viewer.ts';
import { runFlags } from '../shared/settings/flag-values.ts';
import { violationsOf } from '../testing/axe.ts';
import { countThreads } from '../testing/count-threads.ts';
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

/** The same run in Node, on wasm, in a directory. */
const runInNode = async (config: RunConfig, manifest: RunManifest): Promise<RunReader> => {
  await startBackend('wasm');
  const path = join(temporaryFolder(), 'run');
  const experiment = runExperiment({
    config,
    data: prepareRunData(loadSample(), config),
    open: async () => ({ run: await createRunDirectory(path, { ...manifest, config }) }),
  });
  for await (const _ of experiment);
  return openRunDirectory(path);
};

/** Losses of the same steps in Node. */
const lossesInNode = async (config: RunConfig, { manifest }: RunReader): Promise<number[]> =>
  losses((await (await runInNode(config, manifest)).readEvents()).events);

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
        `${viewer.url}#/train?arms=with&limit-train=20&limit-test=4&batch-size=8&epochs=1&seed=7&backend=${backend}`,
        { acceptDownloads: true },
      );
      await page.getByRole('button', { name: 'Train' }).click();
      const arm = card(page, 'dropout 0.5');
      await arm.getByText('completed').waitFor({ timeout: 100_000 });
      expect(await arm.textContent()).toMatch(reason);
      const run = await downloadRun(page, 'dropout 0.5');
      expect(run.manifest.backend.name).toBe(backend);
      const found = losses((await run.readEvents()).events);
      const expected = await lossesInNode(run.manifest.config, run);
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
    `${viewer.url}#/train?limit-train=250&batch-size=10&epochs=200&dropout=0.25&seed=1`,
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
  // Events that are under way when it is paused still arrive.
  await page.waitForTimeout(1000);
  const before = await accuracyOf(plain);
  await page.waitForTimeout(1000);
  expect(await accuracyOf(plain)).toBe(before);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(() => accuracyOf(plain)).not.toBe(before);

  // Training continues while another page is shown.
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  await page.getByRole('link', { name: 'Train here' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await dropped.getByText('interrupted').waitFor();
  await plain.getByText('interrupted').waitFor();
  const [first, second] = [await downloadRun(page, 'dropout 0.25'), await downloadRun(page, 'no dropout')];
  expect([first, second].map(({ manifest }) => manifest.config.model)).toMatchObject([
    { preset: 'tutorial', dropout: { rate: 0.25 } },
    { preset: 'tutorial', dropout: { rate: 0 } },
  ]);
  expect((await first.readEvents()).events.at(-1)).toMatchObject({
    kind: 'run-ended',
    reason: 'interrupted',
  });
  const step = (await first.loadCheckpoint('last')).snapshot.progress.step;
  const config = { ...first.manifest.config, epochs: 1 };
  expect(losses((await first.readEvents()).events)).toHaveLength(step);
  const found = losses((await first.readEvents()).events).slice(0, 20);
  for (const [i, loss] of (await lossesInNode(config, first)).entries())
    expect(found[i]).toBeCloseTo(loss, 3);

  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByText('Trains the ConvNet of the tutorial').waitFor();
  expect(complaints).toEqual([]);
  await page.close();
}, 120_000);

test('leaves the files of a run in Node, evaluated on the test images', async () => {
  const { page, complaints } = await openPage(
    browser,
    `${viewer.url}#/train?arms=with&limit-train=40&limit-test=20&batch-size=16&epochs=2&seed=7&backend=wasm`,
    { acceptDownloads: true },
  );
  await page.getByRole('button', { name: 'Train' }).click();
  const arm = card(page, 'dropout 0.5');
  await arm.getByText('completed').waitFor();
  const run = await downloadRun(page, 'dropout 0.5');
  const expected = await runInNode(run.manifest.config, run.manifest);
  const filesOf = async ({ path }: RunReader) => (await readdir(path, { recursive: true })).sort();
  expect(await filesOf(run)).toEqual(await filesOf(expected));

  const kindsOf = async (one: RunReader) => (await one.readEvents()).events.map(({ kind }) => kind);
  expect((await kindsOf(run)).slice(-2)).toEqual(['evaluated', 'run-ended']);
  expect(await kindsOf(run)).toEqual(await kindsOf(expected));
  const [report, inNode] = [(await run.readEvaluation())!, (await expected.readEvaluation())!];
  expect(report.count).toBe(20);
  expect(report.loss).toBeCloseTo(inNode.loss, 3);
  expect((await run.readPredictions())!.labels).toEqual((await expected.readPredictions())!.labels);
  expect(await arm.textContent()).toContain(`Testloss ${report.loss.toFixed(4)}`);
  expect(complaints).toEqual([]);
  await page.close();
}, 120_000);

test('begins with what the two runs say: so far, and at their end image by image', async () => {
  const { page, complaints } = await openPage(
    browser,
    `${viewer.url}#/train?limit-train=40&limit-test=20&batch-size=16&epochs=2&seed=7&backend=wasm`,
  );
  await page.getByRole('button', { name: 'Train' }).click();
  const verdict = page.getByRole('region', { name: 'What the runs say' });
  await expect
    .poll(() => verdict.textContent())
    .toMatch(/(^|: )(The model|On the same|The models) .*(dropout 0\.5|no dropout).* validation images/);
  for (const name of ['dropout 0.5', 'no dropout']) await card(page, name).getByText('completed').waitFor();
  // Of 8 validation images; with the answers to them nothing has to be said of accuracies alone.
  await expect.poll(() => verdict.textContent()).not.toMatch(/So far|was not kept/);
  expect(await verdict.textContent()).toMatch(
    / on the same 8 validation images|On the same 8 validation images/,
  );
  expect(complaints).toEqual([]);
  await page.close();
}, 120_000);

test('without any WebGL it trains on wasm, and says why', async () => {
  const without = await launchChromium(['--use-gl=disabled']);
  try {
    const { page } = await openPage(
      without,
      `${viewer.url}#/train?arms=without&limit-train=20&batch-size=8&epochs=1&backend=webgl`,
    );
    await page.getByRole('button', { name: 'Train' }).click();
    await card(page, 'no dropout').getByText('completed').waitFor();
    expect(await card(page, 'no dropout').textContent()).toContain(
      'wasm (SIMD): as asked for, since training failed on another backend: backend webgl: expected a browser with WebGL 2, found none',
    );
  } finally {
    await without.close();
  }
});

test('trains from the start on wasm when the graphics processor is lost, paused if it was', async () => {
  const fragile = await launchChromium();
  try {
    const { page } = await openPage(
      fragile,
      `${viewer.url}#/train?arms=with&limit-train=60&batch-size=16&epochs=2&backend=webgl`,
    );
    await page.getByRole('button', { name: 'Train' }).click();
    const arm = card(page, 'dropout 0.5');
    await arm.getByText('1 of 2').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Pause' }).click();
    await (await fragile.newBrowserCDPSession()).send('Browser.crashGpuProcess');
    await arm
      .getByText('wasm (SIMD): as asked for, since training failed on another backend')
      .waitFor({ timeout: 60_000 });
    await arm.getByText('paused').waitFor();
    expect(await arm.getByRole('button', { name: 'Download the run' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Resume' }).click();
    await arm.getByText('completed').waitFor();
  } finally {
    await fragile.close();
  }
}, 150_000);

test('trained again while it trains, the page shows the new run', async () => {
  const { page, complaints } = await openPage(
    browser,
    `${viewer.url}#/train?arms=without&limit-train=250&batch-size=10&epochs=300&backend=wasm`,
    { acceptDownloads: true },
  );
  await page.getByRole('button', { name: 'Train' }).click();
  const arm = card(page, 'no dropout');
  await arm.getByText(/[2-9] of 300/).waitFor();
  await page.getByLabel('Epochs', { exact: true }).fill('2');
  await page.getByLabel('Limit train', { exact: true }).fill('40');
  await page.getByRole('button', { name: 'Train again' }).click();
  await arm.getByText('completed').waitFor();
  expect(await arm.textContent()).not.toContain('of 300');
  const { config } = (await downloadRun(page, 'no dropout')).manifest;
  expect([config.epochs, config.limitTrain]).toEqual([2, 40]);

  // Stopped before its first step, and reset before it has begun.
  await page.getByRole('button', { name: 'Train again' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await arm.getByText('interrupted').waitFor();
  await page.getByRole('button', { name: 'Train again' }).click();
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByText('Trains the ConvNet of the tutorial').waitFor();

  // What was set is not forgotten on another page.
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await page.getByRole('link', { name: 'Train here' }).click();
  expect(await page.getByLabel('Limit train', { exact: true }).inputValue()).toBe('40');
  expect(complaints).toEqual([]);
  await page.close();
}, 120_000);

test('where nothing can compute, it says why', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/train?arms=without&limit-train=20&backend=wasm`);
  await page.context().route('**/*.wasm', (route) => route.abort());
  await page.getByRole('button', { name: 'Train' }).click();
  const alert = card(page, 'no dropout').getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).toMatch(
    /^Training failed: backend wasm: expected TensorFlow.js to initialize it/,
  );
  expect(await card(page, 'no dropout').getByRole('button', { name: 'Download the run' }).isDisabled()).toBe(
    true,
  );
  await page.close();
});

test('an impossible setting is refused in the form', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/train?limit-train=40`);
  await page.getByLabel('Epochs', { exact: true }).fill('0');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  expect(
    await page
      .getByLabel('Epochs', { exact: true })
      .evaluate((input: HTMLInputElement) => input.validity.rangeUnderflow),
  ).toBe(true);
  // In the words of the command, beside the field, which is focused.
  const sentence = 'run configuration: epochs: expected a whole number above 0, received 0: the nearest is 1';
  const epochs = page.getByLabel('Epochs', { exact: true });
  expect(await page.getByRole('alert').allTextContents()).toEqual([sentence]);
  expect(await epochs.getAttribute('aria-invalid')).toBe('true');
  const described = (await epochs.getAttribute('aria-describedby'))!.split(' ');
  expect(await page.locator(`#${described.at(-1)}`).textContent()).toBe(sentence);
  expect(await epochs.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.getByRole('button', { name: 'Train' }).click();
  expect(await page.getByText('Trains the ConvNet of the tutorial').count()).toBe(1);
  expect(page.url()).not.toContain('epochs');

  // Of the less usual ones too, which are not hidden then.
  await page.getByText('More settings').click();
  await page.getByLabel('Max norm axis').fill('0,7');
  await page.getByLabel('Max norm axis').press('Enter');
  await expect.poll(() => page.getByRole('alert').count()).toBe(2);
  expect(await page.getByRole('alert').last().textContent()).toBe(
    'run configuration: model.maxNorm.axis[1]: expected a whole number from 0 to 3, received 7: the nearest is 3',
  );
  await page.getByLabel('Max norm axis').fill('');
  await page.getByLabel('Epochs', { exact: true }).fill('1');
  await page.getByLabel('Epochs', { exact: true }).press('Tab');
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(page.url()).toMatch(/#\/train\?limit-train=40&epochs=1$|#\/train\?epochs=1&limit-train=40$/);
  await page.close();
});

const alerts = (page: Page): Promise<string[]> => page.getByRole('alert').allTextContents();

const fill = async (field: Locator, text: string): Promise<void> => {
  await field.fill(text);
  await field.press('Tab');
};

const axisSentence =
  "model spec: dense: max-norm's axis: expected distinct axes below 2 for a kernel of rank 2, received 3: use 0 for all incoming weights of every unit";

test('a model that cannot be built is refused beside its field, and training continues', async () => {
  const { page, complaints } = await openPage(
    browser,
    `${viewer.url}#/train?limit-train=40&batch-size=16&epochs=2&max-norm-axis=3&backend=wasm`,
  );
  const threads = await countThreads(page);
  const [train, axis] = [page.getByRole('button', { name: 'Train' }), page.getByLabel('Max norm axis')];
  await train.click();
  await page.getByRole('alert').waitFor();
  expect(await alerts(page)).toEqual([axisSentence]);
  expect(await axis.getAttribute('aria-invalid')).toBe('true');
  const described = (await axis.getAttribute('aria-describedby'))!.split(' ');
  expect(await page.locator(`#${described.at(-1)}`).textContent()).toBe(axisSentence);
  expect(await axis.evaluate((input) => input === document.activeElement)).toBe(true);
  expect(await page.getByText('Trains the ConvNet of the tutorial').count()).toBe(1);
  expect(await page.getByRole('main').getByText('Checking the settings').count()).toBe(0);
  // The threads that checked it have ended.
  await expect.poll(threads).toBe(0);

  await fill(axis, '1');
  expect(await alerts(page)).toEqual([]);
  await train.click();
  for (const label of ['dropout 0.5', 'no dropout']) await card(page, label).getByText('completed').waitFor();

  await fill(page.getByLabel('Epochs', { exact: true }), '300');
  await train.click();
  await card(page, 'no dropout')
    .getByText(/[2-9] of 300/)
    .waitFor();
  await fill(axis, '3');
  await train.click();
  await page.getByRole('alert').waitFor();
  expect(await alerts(page)).toEqual([axisSentence]);
  const epochs = async (): Promise<number> =>
    Number(/(\d+) of 300/.exec((await card(page, 'no dropout').textContent())!)![1]);
  const before = await epochs();
  await expect.poll(epochs).toBeGreaterThan(before);
  // Without max-norm there is no axis that could be wrong.
  await page.getByLabel('Max-norm: none').check();
  expect(await alerts(page)).toEqual([]);
  expect(await axis.count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();
}, 120_000);

test('of several starts, and of what is changed meanwhile, the last one counts', async () => {
  const { page, complaints } = await openPage(
    browser,
    `${viewer.url}#/train?arms=without&limit-train=40&batch-size=16&epochs=1&max-norm-axis=3&backend=wasm`,
  );
  const [train, axis] = [page.getByRole('button', { name: 'Train' }), page.getByLabel('Max norm axis')];
  const arm = card(page, 'no dropout');
  const nodeCommand = () => arm.locator('pre').textContent();
  const threads = await countThreads(page);
  const checking = page.getByRole('main').getByText('Checking the settings');
  // The thread's code is on its way until then.
  let release = (): void => {};
  const holdThreads = async (): Promise<void> => {
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.context().route('**/compute.worker*.js', async (route) => {
      await released;
      await route.continue().catch(() => {});
    });
  };

  // A refusal that no longer applies is gone.
  await holdThreads();
  await train.click();
  await checking.waitFor();
  await fill(axis, '1');
  release();
  await arm.getByText('completed').waitFor();
  expect(await nodeCommand()).toContain('--max-norm-axis 1');
  expect(await alerts(page)).toEqual([]);

  // Two starts; the first would be refused.
  await holdThreads();
  await fill(axis, '3');
  await train.click();
  await checking.waitFor();
  await fill(axis, '2,3');
  await fill(axis, '0,1');
  await train.click();
  release();
  await expect.poll(nodeCommand).toContain('--max-norm-axis 0,1');
  await arm.getByText('completed').waitFor();
  expect(await alerts(page)).toEqual([]);

  // What has become impossible, and a reset, keep training from starting.
  await holdThreads();
  await train.click();
  await checking.waitFor();
  await fill(page.getByLabel('Epochs', { exact: true }), '0');
  release();
  await checking.waitFor({ state: 'detached' });
  expect(await alerts(page)).toEqual([expect.stringContaining('the nearest is 1')]);
  await arm.getByText('completed').waitFor();
  await fill(page.getByLabel('Epochs', { exact: true }), '1');
  await holdThreads();
  await train.click();
  await checking.waitFor();
  await page.getByRole('button', { name: 'Reset' }).click();
  await checking.waitFor({ state: 'detached' });
  release();
  await page.getByText('Trains the ConvNet of the tutorial').waitFor();
  await expect.poll(threads).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();
}, 120_000);

test.each([
  [
    'limit-train=60000',
    'Limit train',
    'run configuration: limitTrain: expected at most 50000 images, received 60000: the nearest is 50000',
  ],
  [
    'limit-test=10001',
    'Limit test',
    'run configuration: limitTest: expected at most 10000 images, received 10001: the nearest is 10000',
  ],
  [
    'limit-train=1',
    'Validation split',
    'run configuration: validationSplit: expected to leave some of the images (1) to train on, received 0.2, which holds out all: hold fewer out, or use more images',
  ],
])('%s is more than the images serve, and refused beside %s', async (values, label, sentence) => {
  const { page } = await openPage(browser, `${viewer.url}#/train?${values}`);
  await page.getByRole('button', { name: 'Train' }).click();
  await page.getByRole('alert').waitFor();
  expect(await alerts(page)).toEqual([sentence]);
  const field = page.getByLabel(label, { exact: true });
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
  expect(await page.getByText('Trains the ConvNet of the tutorial').count()).toBe(1);
  await page.close();
});

test('where no thread can be started, training does not start, and the form says why', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/train?limit-train=20`);
  await page.context().route('**/compute.worker*.js', (route) => route.abort());
  await page.getByRole('button', { name: 'Train' }).click();
  await page.getByRole('alert').waitFor();
  expect(await alerts(page)).toEqual([
    'Training cannot start: the code of a thread is missing, or the connection failed',
  ]);
  await page.close();
});

test('the form has a field for every setting that the command has an option for', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/train`);
  await page.getByRole('button', { name: 'Train' }).waitFor();
  const idsOf = async () =>
    (await page
      .locator('.setting [id^="setting-"]:is(input, select)')
      .evaluateAll((all) => all.map(({ id }) => id.replace('setting-', '')))) as string[];
  // Adam is chosen at first, and has none of them.
  const isOfSgd = ({ settings }: Flag) =>
    settings.every(({ of }) => of?.path === 'optimizer' && of.name !== 'adam');
  const names = runFlags.map(({ name }) => name).sort();
  const ofSgd = runFlags.filter(isOfSgd).map(({ name }) => name);
  expect(ofSgd.length).toBeGreaterThan(0);
  expect((await idsOf()).sort()).toEqual(
    names.filter((name) => !ofSgd.includes(name) && name !== 'crop-fill'),
  );
  await page.getByLabel('Optimizer').selectOption({ label: 'SGD' });
  await page.getByText('More settings').click();
  // Nothing is filled where nothing is cropped.
  await page.getByLabel('Crop', { exact: true }).fill('2');
  expect((await idsOf()).sort()).toEqual(names);
  await page.getByLabel('Crop', { exact: true }).fill('');
  await page.getByLabel('Nesterov').check();
  await page.getByLabel('Max-norm: none').check();
  expect(await page.getByLabel('Max-norm', { exact: true }).isDisabled()).toBe(true);
  expect(page.url()).toMatch(/#\/train\?optimizer=sgd&max-norm=none&nesterov=yes$/);
  expect(await page.getByLabel('Max norm axis').count()).toBe(0);
  await page.getByLabel('Optimizer').selectOption({ label: 'Adam' });
  expect(page.url()).toMatch(/#\/train\?max-norm=none$/);
  expect(complaints).toEqual([]);
  await page.close();
});

test('a data set whose images are missing is refused beside its field', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/train?dataset=cifar100`);
  await page.getByText('The images of CIFAR-100 are not on this machine').waitFor();
  await page.getByRole('button', { name: 'Train' }).click();
  expect(await page.getByRole('alert').textContent()).toContain('dropout-lab data fetch --dataset cifar100');
  expect(await page.getByLabel('Dataset').getAttribute('aria-invalid')).toBe('true');
  await page.getByLabel('Dataset').selectOption({ label: 'CIFAR-10' });
  expect(await page.getByRole('alert').count()).toBe(0);
  await page.close();
});

test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
  const { page } = await openPage(
    browser,
    `${viewer.url}#/train?arms=without&limit-train=20&batch-size=8&epochs=2`,
    {
      colorScheme,
      bypassCSP: true,
    },
  );
  await page.getByRole('button', { name: 'Train' }).click();
  await card(page, 'no dropout').getByText('completed').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.close();
});
