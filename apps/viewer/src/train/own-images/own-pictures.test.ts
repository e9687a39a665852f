import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { prepareRunData } from '@dropout-lab/data';
import { imageFolder } from '@dropout-lab/data/node';
import { runExperiment } from '@dropout-lab/experiment';
import { createRunDirectory, openRunDirectory } from '@dropout-lab/runs/node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, sharedChromium } from '../../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../../server/start-viewer.ts';
import { violationsOf } from '../../testing/axe.ts';
import { writeDots } from '../../testing/pictures.ts';
import { card, downloadRun, losses } from '../../testing/trained-run.ts';

let browser: Browser;
let viewer: Viewer;
/** A folder with folders of pictures, and with files that are none. */
let pets: string;

/** Of a busy machine, in milliseconds. */
const PATIENCE = 120_000;

beforeAll(async () => {
  browser = await sharedChromium();
  const root = temporaryFolder();
  viewer = await startViewer({ runsFolder: root, port: 0, dataFolder: join(root, 'no-data') });
  pets = await writeDots(join(temporaryFolder(), 'pets'), { cat: 20, dog: 20 });
  await writeFile(join(pets, 'cat', 'notes.txt'), 'no picture');
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

/** Drops folders onto the page as a person does, from another program. */
const dropFolders = async (page: Page, ...paths: readonly string[]): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
};

const open = async (query: string, options: Parameters<typeof openPage>[2] = {}) => {
  const opened = await openPage(browser, `${viewer.url}#/train?${query}`, { bypassCSP: true, ...options });
  opened.page.setDefaultTimeout(PATIENCE);
  await opened.page.getByRole('heading', { name: 'Train here' }).waitFor();
  return { ...opened, own: opened.page.getByRole('group', { name: 'Pictures of your own' }) };
};

test('a dropped folder is trained on, to the numbers of Node, and its pictures are where the run is', async () => {
  const { page, complaints, own } = await open('arms=with&epochs=2&seed=7&backend=wasm', {
    acceptDownloads: true,
  });
  await page.getByLabel('Dataset').waitFor();
  await dropFolders(page, pets);
  await own.getByText('pets: 32 images to train on, 8 to test, of 24 by 24 pixels.').waitFor();
  await own.getByText('1 file was skipped').click();
  expect(await own.getByRole('listitem').allTextContents()).toEqual([
    'cat20',
    'dog20',
    'cat/notes.txt: it is not PNG, JPEG, WebP, AVIF, GIF or TIFF',
  ]);
  // The form has the settings of these images.
  expect(await page.getByLabel('Dataset').count()).toBe(0);
  expect(await page.getByLabel('Batch size', { exact: true }).getAttribute('placeholder')).toBe('16');
  expect(await page.getByLabel('Limit train', { exact: true }).getAttribute('placeholder')).toBe('none');
  expect(await violationsOf(page)).toEqual([]);

  await page.getByRole('button', { name: 'Train' }).click();
  const arm = card(page, 'dropout 0.5');
  await arm.getByText('completed').waitFor();
  await arm.getByText('The same in Node').click();
  expect(await arm.locator('pre').textContent()).toBe(
    'dropout-lab train --images ./pets --size 24 --batch-size 16 --epochs 2 --seed 7',
  );
  const run = await downloadRun(page, 'dropout 0.5');
  const images = await imageFolder(pets, { cacheDirectory: temporaryFolder() });
  // Of PNGs that are not scaled, each pixel is the same.
  expect(run.manifest.config.dataset).toEqual(images.dataset);
  expect(run.manifest.classNames).toEqual(['cat', 'dog']);
  await startBackend('wasm');
  const path = join(temporaryFolder(), 'run');
  const { config } = run.manifest;
  for await (const _ of runExperiment({
    config,
    data: prepareRunData(images, config),
    open: async () => ({ run: await createRunDirectory(path, run.manifest) }),
  }));
  const expected = losses((await (await openRunDirectory(path)).readEvents()).events);
  const found = losses((await run.readEvents()).events);
  expect(found).toHaveLength(4);
  for (const [i, loss] of expected.entries()) expect(found[i]).toBeCloseTo(loss, 3);

  await arm.getByRole('button', { name: 'Its errors and weights' }).click();
  await page.getByRole('group', { name: /^Confusion matrix/ }).waitFor();
  await page.getByRole('heading', { name: 'Most confidently wrong' }).waitFor();
  const wrong = page.getByRole('img', { name: /^test image \d: / });
  await expect
    .poll(async () => (await wrong.count()) > 0 || page.getByText('There are no such images.').isVisible())
    .toBe(true);
  await page.getByRole('link', { name: 'Train here' }).click();
  await arm.getByRole('button', { name: 'Try it in the playground' }).click();
  await page
    .getByRole('button', { name: 'test image 0, ' })
    .or(page.getByRole('img', { name: /^test image 0, (cat|dog)$/ }))
    .first()
    .waitFor();
  await expect
    .poll(() => page.locator('.predictions tbody td:nth-child(3)').first().textContent())
    .toMatch(/%$/);
  expect(complaints).toEqual([]);

  // The browser keeps the images with the training.
  await page.getByRole('link', { name: 'Train here' }).click();
  await page.reload();
  await page.getByRole('button', { name: 'Show it' }).click();
  await own.getByText('pets: 32 images').waitFor();
  await arm.getByRole('button', { name: 'Its errors and weights' }).click();
  await page.getByRole('group', { name: /^Confusion matrix/ }).waitFor();
  await expect.poll(() => page.getByText('The images of pets are not here').count()).toBe(0);
  await page.close();
}, 400_000);

test('what cannot be trained on is refused by its name, and leaves the pictures before it', async () => {
  const { page, own } = await open('arms=with&epochs=1');
  const root = temporaryFolder();
  await dropFolders(page, join(pets, 'cat'));
  await expect
    .poll(() => own.getByRole('alert').textContent())
    .toMatch(/^cat: expected a folder for each class, such as cat and dog/);
  await dropFolders(page, pets);
  await own.getByText('pets: 32 images').waitFor();
  expect(await own.getByRole('alert').count()).toBe(0);

  await mkdir(join(root, 'one', 'only'), { recursive: true });
  await writeDots(join(root, 'one'), { only: 2 });
  await dropFolders(page, join(root, 'one'));
  await expect
    .poll(() => own.getByRole('alert').textContent())
    .toBe(
      'one: expected at least two folders of classes to distinguish, found one, only: add another class, or give the folder above',
    );
  await own.getByText('pets: 32 images').waitFor();

  // Another shape decodes them again; one that cannot be is refused.
  await own.getByLabel('Image size').fill('16');
  await own.getByLabel('Image size').press('Enter');
  await own.getByText('of 16 by 16 pixels.').waitFor();
  await own.getByLabel('Image size').fill('0');
  await own.getByLabel('Image size').press('Enter');
  await expect
    .poll(() => own.getByRole('alert').textContent())
    .toBe('size: expected whole numbers from 1 to 4096, received 0');
  await own.getByText('of 16 by 16 pixels.').waitFor();

  await own.getByRole('button', { name: 'Without them' }).click();
  await page.getByLabel('Dataset').waitFor();
  await rm(root, { recursive: true });
  await page.close();
}, 400_000);
