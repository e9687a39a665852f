import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import type { RunEvent } from '@dropout-lab/contracts';
import { buildModel, parseModelSpec, readWeights } from '@dropout-lab/model';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from './server/start-viewer.ts';
import { createRun, epochEvent, progressAtEnd, started, stepEvent, wholeRun } from './testing/runs.ts';

/** Time between the events of the run that trains. */
const EVENT_MS = 250;

let browser: Browser;
let viewer: Viewer;
let stop: () => Promise<void>;

beforeAll(async () => {
  browser = await sharedChromium();
  const root = temporaryFolder();
  await startBackend('cpu');
  const model = { filters: [4, 8], units: [16], dropout: { rate: 0.25 } };
  const built = buildModel(parseModelSpec(model), 1);
  const trained = await createRun(root, 'trained', { model });
  for (const event of wholeRun) trained.append(event);
  await trained.saveCheckpoint('best', {
    modelTopology: built.toJSON(null, false) as object,
    snapshot: { weights: await readWeights(built), slots: [], progress: progressAtEnd },
  });
  await trained.close();

  const live = await createRun(root, 'live', { epochs: 10_000 });
  const events = eventsOfTraining();
  const timer = setInterval(() => live.append(events.next().value), EVENT_MS);
  stop = async () => {
    clearInterval(timer);
    await live.close();
  };
  viewer = await startViewer({ runsFolder: root, port: 0, dataFolder: join(root, 'no-data') });
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
  await stop?.();
});

/** Steps, and an epoch after every three of them. */
function* eventsOfTraining(): Generator<RunEvent, never> {
  yield started;
  for (let epoch = 1; ; epoch++) {
    for (let step = 1; step <= 3; step++) yield stepEvent(epoch, step);
    yield epochEvent(epoch);
  }
}

/** Types over more than one event, and looks after each key at what the field has by then. */
const typeInto = async (page: Page, field: Locator, text: string): Promise<void> => {
  await field.fill('');
  let typed = '';
  for (const key of text) {
    await page.keyboard.type(key);
    typed += key;
    await page.waitForTimeout(EVENT_MS / 2);
    const { type, value, isBad } = await field.evaluate((input: HTMLInputElement) => ({
      ...{ type: input.type, value: input.value },
      isBad: input.validity.badInput,
    }));
    // Scripts do not see a text that is no number, and `0` for `0.`: whether it is still there, the next keys show.
    if (type !== 'number') expect(value).toBe(typed);
    else if (!isBad) expect(Number(value)).toBe(Number(typed));
  }
  expect(await field.inputValue()).toBe(text);
};

const isEnabled = async (control: Locator): Promise<boolean> =>
  (await control.isVisible()) && (await control.isEnabled());

/** Lets events come, and sees that a control is as it was left. */
const staysAt = async (control: Locator, read: (control: Locator) => Promise<unknown>, expected: unknown) => {
  expect(await read(control)).toBe(expected);
  await control.page().waitForTimeout(2 * EVENT_MS);
  expect(await read(control)).toBe(expected);
};

const inputValueOf = (control: Locator) => control.inputValue();

test.each([
  ['runs', ''],
  ['compare', '?runs=live&runs=trained'],
  ['run', '?runs=live'],
  ['playground', '?runs=trained'],
  ['train', ''],
])(
  'no control of %s loses what a person does, while a run trains beside it',
  async (name, query) => {
    const { page, complaints } = await openPage(browser, `${viewer.url}#/${name}${query}`);
    await page.locator('main h1').waitFor();
    for (const summary of await page.locator('main summary').all()) await summary.click();
    if (name === 'playground') await page.getByText('masked ones').waitFor();

    for (const field of await page
      .locator('main input:is([type=text], [type=number], [type=search])')
      .all()) {
      if (!(await isEnabled(field))) continue;
      await typeInto(page, field, (await field.getAttribute('type')) === 'number' ? '1e-4' : 'an 1');
      await field.fill('');
      await field.blur();
    }
    for (const slider of await page.locator('main input[type=range]').all()) {
      if (!(await isEnabled(slider))) continue;
      const before = await slider.inputValue();
      for (let i = 0; i < 3; i++) await slider.press('ArrowRight', { delay: EVENT_MS / 2 });
      const after = await slider.inputValue();
      expect(Number(after)).toBeGreaterThan(Number(before));
      await staysAt(slider, inputValueOf, after);
    }
    for (const box of await page.locator('main input[type=checkbox]').all()) {
      if (!(await isEnabled(box))) continue;
      const was = await box.isChecked();
      await box.setChecked(!was);
      await staysAt(box, (one) => one.isChecked(), !was);
      await box.setChecked(was);
    }
    for (const choice of await page.locator('main select').all()) {
      if (!(await isEnabled(choice)) || (await choice.locator('option').count()) < 2) continue;
      // A model and a backend are loaded anew.
      if (name === 'playground') continue;
      const before = await choice.inputValue();
      await choice.selectOption({ index: 1 });
      await staysAt(choice, inputValueOf, await choice.inputValue());
      if (before !== '') await choice.selectOption(before);
    }
    expect(complaints).toEqual([]);
    await page.close();
  },
  180_000,
);

test('what is typed is what is set, and what cannot be is refused when it is left', async () => {
  const { page } = await openPage(browser, `${viewer.url}#/train`);
  const epochs = page.getByLabel('Epochs', { exact: true });
  const rate = page.getByLabel('Learning rate', { exact: true });
  const batch = page.getByLabel('Batch size', { exact: true });
  await typeInto(page, epochs, '1000');
  await typeInto(page, rate, '0.01');
  await typeInto(page, batch, '128');
  // Set at once: the field has not been left.
  expect(Object.fromEntries(new URLSearchParams(page.url().split('?')[1]))).toEqual({
    epochs: '1000',
    'learning-rate': '0.01',
    'batch-size': '128',
  });
  expect(await page.getByRole('alert').count()).toBe(0);

  await rate.fill('');
  await page.keyboard.type('-1', { delay: EVENT_MS });
  expect(await page.getByRole('alert').count()).toBe(0);
  await rate.blur();
  expect(await page.getByRole('alert').textContent()).toMatch(/learningRate: expected .* received -1/);
  expect(await rate.inputValue()).toBe('-1');
  // On the way to something that is possible, it goes.
  await rate.fill('0.5');
  expect(await page.getByRole('alert').count()).toBe(0);
  await page.close();
}, 60_000);
