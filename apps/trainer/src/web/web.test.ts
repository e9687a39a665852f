import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium, openPage } from '../../../../scripts/chromium.mjs';
import { runNode } from '../../../../scripts/run-node.ts';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli } from '../command/testing.ts';
import { load } from '../index.ts';
import { readPicture } from '../model/read-picture.ts';
import { exportedRun, serve, writePictures } from './exported-run.testing.ts';
import type { DropoutLab } from './runtime.ts';

let folder: string;
let run: string;
let exported: string;
let pictures: readonly string[];
let browser: Browser;
let server: Server;
let address: string;

beforeAll(async () => {
  folder = temporaryFolder();
  ({ run, exported } = await exportedRun(folder));
  pictures = await writePictures(folder);
  ({ server, address } = await serve(exported, '/somewhere/deep/'));
  browser = await launchChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** The page's global object. */
type OnPage = { readonly dropoutLab: DropoutLab };

/** Returns the probabilities of `predict` for a picture, by class. */
const predicted = async (name: string): Promise<Record<string, number>> => {
  const model = await load(run);
  const classes = await model.predict(join(folder, name));
  model.dispose();
  return Object.fromEntries(classes.map(({ className, probability }) => [className, probability]));
};

/** Returns the probabilities of the page's script for a picture, by class. */
const classifiedIn = async (page: Page, name: string, model = '.'): Promise<Record<string, number>> => {
  const bytes = (await readFile(join(folder, name))).toString('base64');
  return page.evaluate(
    async ([base64, model]) => {
      const classify = await (globalThis as unknown as OnPage).dropoutLab.loadClassifier(model);
      const classes = await classify(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
      classify.dispose();
      return Object.fromEntries(classes.map(({ label, probability }) => [label, probability]));
    },
    [bytes, model] as const,
  );
};

const close = (numbers: Record<string, number>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, expect.closeTo(value, 5)]));

const statusOf = (page: Page) => page.getByRole('status').textContent();

describe.each([
  ['any web server, in any folder', () => address],
  ['a disk', () => pathToFileURL(join(exported, 'index.html')).href],
])('the page from %s', (_, place) => {
  test('gives the probabilities of predict', async () => {
    const { page, complaints } = await openPage(browser, place());
    for (const name of ['large.png', 'small.png', 'lossless.webp']) {
      expect(await classifiedIn(page, name)).toEqual(close(await predicted(name)));
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('shows them, and their spread when it is asked for', async () => {
    const { page, complaints } = await openPage(browser, place());
    await page.getByText('A model of 10 classes').waitFor();
    expect(await statusOf(page)).toBe('No picture yet');
    await page.getByLabel('Choose a picture').setInputFiles(join(folder, 'large.png'));
    const [[best, probability]] = Object.entries(await predicted('large.png')) as [[string, number]];
    const sentence = `${best}, ${(100 * probability).toFixed(1)}%`;
    await expect.poll(() => statusOf(page)).toBe(sentence);
    expect(await page.getByRole('row').count()).toBe(11);
    expect(await page.getByAltText('large.png').isVisible()).toBe(true);
    await page.getByLabel('Spread from 30 masked passes').check();
    await expect.poll(() => statusOf(page)).toMatch(/^.+, \d+\.\d% ± \d+\.\d$/);
    expect(await page.locator('.deviation').count()).toBe(10);
    expect((await statusOf(page))!.startsWith(sentence)).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

test('the model is shown the pixels that predict shows it, within one level', async () => {
  const { page } = await openPage(browser, address);
  for (const name of pictures) {
    for (const channels of [3, 1] as const) {
      const expected = await readPicture(join(folder, name), [32, 32, channels], name);
      const bytes = (await readFile(join(folder, name))).toString('base64');
      const found = await page.evaluate(
        async ([base64, channels]) => {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          return [
            ...(await (globalThis as unknown as OnPage).dropoutLab.pixelsOf(bytes, [32, 32, channels])),
          ];
        },
        [bytes, channels] as const,
      );
      const furthest = Math.max(...found.map((level, i) => Math.abs(level - expected[i]!)));
      // Browsers round once more where something is translucent.
      const allowed = name === 'transparent.png' ? 2 : 1;
      expect([name, channels, found.length, furthest <= allowed ? '' : furthest]).toEqual([
        name,
        channels,
        expected.length,
        '',
      ]);
    }
  }
  await page.close();
});

test('every kind of picture of a page gives the same answer', async () => {
  const { page, complaints } = await openPage(browser, address);
  const bytes = (await readFile(join(folder, 'large.png'))).toString('base64');
  const answers = await page.evaluate(async (base64) => {
    const classify = await (globalThis as unknown as OnPage).dropoutLab.loadClassifier('.');
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const blob = new Blob([bytes], { type: 'image/png' });
    const image = new Image();
    image.src = URL.createObjectURL(blob);
    const bitmap = await createImageBitmap(blob);
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    const context = canvas.getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const offscreen = new OffscreenCanvas(bitmap.width, bitmap.height);
    offscreen.getContext('2d')!.drawImage(bitmap, 0, 0);
    const kinds = {
      image,
      bitmap,
      canvas,
      offscreen,
      data: context.getImageData(0, 0, bitmap.width, bitmap.height),
      frame: new VideoFrame(canvas, { timestamp: 0 }),
      blob,
      file: new File([blob], 'a.png'),
      bytes,
      buffer: bytes.buffer,
    };
    const answers: Record<string, number[]> = {};
    for (const [name, picture] of Object.entries(kinds)) {
      answers[name] = (await classify(picture as Blob)).map(({ probability }) => probability);
    }
    return answers;
  }, bytes);
  const expected = Object.values(await predicted('large.png')).map((value) => expect.closeTo(value, 5));
  for (const [kind, found] of Object.entries(answers)) expect([kind, found]).toEqual([kind, expected]);
  // Its policy lets the page fetch nothing but its own files.
  expect(complaints).toEqual([]);
  await page.close();
});

test('a picture can be dropped or pasted, and a file that is none is refused in a sentence', async () => {
  const { page, complaints } = await openPage(browser, address);
  await page.getByText('A model of 10 classes').waitFor();
  const give = async (kind: 'drop' | 'paste', name: string, content: Buffer) =>
    page.evaluate(
      ([kind, name, base64]) => {
        const bytes = Uint8Array.from(atob(base64!), (character) => character.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], name!));
        dispatchEvent(
          kind === 'drop'
            ? new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })
            : new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }),
        );
      },
      [kind, name, content.toString('base64')],
    );
  await give('drop', 'dropped.png', await readFile(join(folder, 'large.png')));
  await page.getByAltText('dropped.png').waitFor();
  await give('paste', 'pasted.png', await readFile(join(folder, 'small.png')));
  await page.getByAltText('pasted.png').waitFor();
  await give('drop', 'notes.txt', Buffer.from('no picture'));
  await expect
    .poll(() => page.getByRole('alert').textContent())
    .toBe('notes.txt: expected an image that this browser can show, such as PNG or JPEG');
  expect(await page.getByAltText('pasted.png').isVisible()).toBe(true);
  expect(complaints).toEqual([]);
  await page.close();
});

test('the webcam is classified until it is stopped', async () => {
  const { page, complaints } = await openPage(browser, address);
  await page.getByText('A model of 10 classes').waitFor();
  await page.getByRole('button', { name: 'Use the webcam' }).click();
  await expect.poll(() => statusOf(page)).toMatch(/%$/);
  expect(await page.getByLabel('The webcam').isVisible()).toBe(true);
  await page.getByRole('button', { name: 'Stop the webcam' }).click();
  await page.getByRole('button', { name: 'Use the webcam' }).waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test.each(['light', 'dark'] as const)(
  'breaks no rule of axe, and fits every width, %s',
  async (colorScheme) => {
    const { page } = await openPage(browser, address, { colorScheme, bypassCSP: true });
    await page.getByText('A model of 10 classes').waitFor();
    await page.getByLabel('Choose a picture').setInputFiles(join(folder, 'large.png'));
    await expect.poll(() => statusOf(page)).toMatch(/%$/);
    await page.addScriptTag({ content: axe.source });
    for (const width of [360, 1280, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      const { violations } = await page.evaluate(() =>
        (window as unknown as { axe: { run(): Promise<axe.AxeResults> } }).axe.run(),
      );
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    }
    await page.close();
  },
);

test('everything is reached by the keyboard', async () => {
  const { page } = await openPage(browser, address);
  await page.getByText('A model of 10 classes').waitFor();
  const reached: string[] = [];
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => document.activeElement!.id || document.activeElement!.tagName));
  }
  expect(reached).toEqual(['file', 'webcam', 'spread', 'copy', 'PRE', 'A']);
  await page.close();
});

test('the lines of README.md and of the page work in a page of their own', async () => {
  const readme = await readFile(join(exported, 'README.md'), 'utf8');
  const [, lines] = /```html\n(.*?)```/s.exec(readme)!;
  const html = await readFile(join(exported, 'index.html'), 'utf8');
  const [, escaped] = /<code id="lines">(.*?)<\/code>/s.exec(html)!;
  const shown = escaped!.replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  expect(`${shown}\n`).toBe(lines);

  await writeFile(
    join(folder, 'own.html'),
    `<!doctype html><link rel="icon" href="data:,">${lines!.replaceAll('./model', './exported')}`,
  );
  const own = await serve(folder, '/');
  const { page, complaints } = await openPage(browser, `${own.address}own.html`);
  // The handler is there when the model is loaded.
  await page.waitForFunction(() => document.querySelector('input')!.onchange !== null);
  await page.setInputFiles('input', join(folder, 'large.png'));
  const [[best, probability]] = Object.entries(await predicted('large.png')) as [[string, number]];
  await expect
    .poll(() => page.locator('output').textContent())
    .toMatch(new RegExp(`^${best}: ${probability.toFixed(2)} ± 0\\.\\d\\d$`));
  expect(complaints).toEqual([]);
  await page.close();
  own.server.close();
});

test('a page of their own from the disk has the script without modules', async () => {
  const own = join(folder, 'from-disk.html');
  await writeFile(own, '<!doctype html><script src="exported/runtime.js"></script>');
  const { page, complaints } = await openPage(browser, pathToFileURL(own).href);
  const classified = await classifiedIn(page, 'large.png', './exported');
  expect(classified).toEqual(close(await predicted('large.png')));
  expect(complaints).toEqual([]);
  await page.close();
});

test('the folder is below 400 kB as it is sent, without the weights', async () => {
  const entries = await readdir(exported, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const withoutWeights = files.filter((file) => !/(weights\.bin|embedded\.js)$/.test(file));
  expect(files.length - withoutWeights.length).toBe(2);
  const sizes = await Promise.all(withoutWeights.map(async (file) => gzipSync(await readFile(file)).length));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(400_000);
});

test('stock TensorFlow.js loads the model without us, and predicts the same', async () => {
  const program = `
    import '@tensorflow/tfjs-backend-cpu';
    import { readFile } from 'node:fs/promises';
    import * as tf from '@tensorflow/tfjs-core';
    import { loadLayersModel } from '@tensorflow/tfjs-layers';
    const { folder, pixels } = JSON.parse(await new Response(process.stdin).text());
    const { modelTopology, weightsManifest: [{ weights }] } = JSON.parse(await readFile(folder + '/model.json', 'utf8'));
    const weightData = new Uint8Array(await readFile(folder + '/weights.bin')).buffer;
    const model = await loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData }));
    const answer = model.predict(tf.div(tf.tensor(pixels, [1, 32, 32, 3]), 255));
    console.log(JSON.stringify([...answer.dataSync()]));`;
  const pixels = [...(await readPicture(join(folder, 'large.png'), [32, 32, 3], 'large.png'))];
  const { stdout, stderr, code } = await runNode(['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    input: JSON.stringify({ folder: exported, pixels }),
  });
  expect(code, stderr).toBe(0);
  const classNames = JSON.parse(await readFile(join(exported, 'classifier.json'), 'utf8'))
    .classNames as string[];
  const numbers = (JSON.parse(stdout) as number[]).map((value, i) => [classNames[i]!, value] as const);
  expect(Object.fromEntries(numbers)).toEqual(close(await predicted('large.png')));
});

test('a folder that is not empty is refused', async () => {
  await mkdir(join(folder, 'full'));
  await writeFile(join(folder, 'full', 'mine'), '');
  const { code, stderr } = await callCli(['export', run, '--format', 'web', '--output', 'full'], {
    cwd: folder,
  });
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('expected an empty folder or none, found mine'),
  ]);
});
