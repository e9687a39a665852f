import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSafetensors, encodeSafetensorsModel } from '@dropout-lab/interchange';
import { parseModelSpec } from '@dropout-lab/model';
import { zipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openPage } from '../../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../../server/start-viewer.ts';
import { dropFiles } from '../../testing/drop.ts';
import { classNames, createEndedRun } from '../../testing/runs.ts';

let browser: Browser;
let viewer: Viewer;
let files: Record<'run.json' | 'events.jsonl', Buffer>;

beforeAll(async () => {
  browser = await launchChromium();
  const root = temporaryFolder();
  await createEndedRun(root, 'first');
  viewer = await startViewer({ runsFolder: root, port: 0, dataFolder: join(root, 'no-data') });
  const read = (name: string) => readFile(join(root, 'first', name));
  files = { 'run.json': await read('run.json'), 'events.jsonl': await read('events.jsonl') };
});

afterAll(async () => {
  await browser?.close();
  await viewer?.close();
});

const drop = (page: Page, name: string, content: Uint8Array): Promise<boolean> =>
  dropFiles(page, { [name]: content });

const text = (words: string): Buffer => Buffer.from(words);
const changed = (change: object): Buffer =>
  text(JSON.stringify({ ...(JSON.parse(files['run.json'].toString()) as object), ...change }));

test('what is no run is refused in a sentence, on every page that takes none, and the page stays', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/runs`);
  await page.getByRole('link', { name: 'first' }).waitFor();
  const cases: [string, Uint8Array, string | RegExp][] = [
    [
      'cat.png',
      text('a picture'),
      /^cat\.png: expected the ZIP file of a run, a \.safetensors file, or a model\.json with its weights, found a file or folder of another kind: /,
    ],
    [
      'dogs.keras',
      text('PK'),
      /^dogs\.keras: .* found a model of Keras; the command makes a run from it: dropout-lab import dogs\.keras/,
    ],
    [
      'w.weights.h5',
      text('HDF'),
      /found a model of Keras; the command makes a run from it: dropout-lab import w\.weights\.h5/,
    ],
    ['torn.safetensors', text('no model'), /^torn\.safetensors: expected a \.safetensors file/],
    [
      'other.safetensors',
      encodeSafetensors({
        arrays: [{ name: 'a', shape: [1], values: new Float32Array(1) }],
        metadata: {},
      }),
      /^other\.safetensors: .* found weights alone; .*: dropout-lab import FILE --config run\.json/,
    ],
    [
      'short.safetensors',
      encodeSafetensorsModel([], parseModelSpec({}), { classNames, dataset: 'cifar10' }),
      /^short\.safetensors: expected the \d+ weights, or more, of the layers that it describes, found 0: /,
    ],
    [
      'few.safetensors',
      encodeSafetensorsModel([], parseModelSpec({}), { classNames: ['cat'], dataset: 'cifar10' }),
      /^few\.safetensors: classNames: expected 10 names, one for each class of the model, received 1/,
    ],
    [
      'notes.zip',
      text('no archive'),
      /^notes\.zip: expected a ZIP file of a run, found a file of another kind: /,
    ],
    [
      'up.zip',
      zipSync({ '../run.json': files['run.json'] }),
      /^up\.zip: .* found the path "\.\.\/run\.json" in it: /,
    ],
    [
      'none.zip',
      zipSync({ 'a/b.txt': text('') }),
      /^none\.zip: expected the folder of a run, with its run\.json, or of a model, with its model\.json, found 1 other file: /,
    ],
    ['torn.zip', zipSync({ 'x/run.json': text('{"schema') }), /^x\/run\.json: /],
    [
      'deep.zip',
      zipSync({ 'x/run.json': text('['.repeat(1_000_000) + ']'.repeat(1_000_000)) }),
      /^x\/run\.json: /,
    ],
    ['other.zip', zipSync({ 'x/run.json': text('{"a": 1}') }), /^x\/run\.json: /],
    ['newer.zip', zipSync({ 'x/run.json': changed({ schemaVersion: 999 }) }), /^x\/run\.json: .*999/],
    [
      'half.zip',
      zipSync({ 'good/run.json': files['run.json'], 'bad/run.json': text('{}') }),
      /^bad\/run\.json: /,
    ],
  ];
  const requireRefused = async ([name, content, expected]: (typeof cases)[number]): Promise<void> => {
    expect(await drop(page, name, content)).toBe(true);
    await expect.poll(() => page.getByRole('alert').first().textContent()).toMatch(expected);
    const sentence = await page.getByRole('alert').first().textContent();
    expect(sentence!.length).toBeLessThan(400);
  };
  for (const one of cases) await requireRefused(one);
  // Nothing of an archive that has a run that cannot be read.
  expect(await page.locator('tbody tr').count()).toBe(1);
  for (const title of ['Compare', 'Learn']) {
    await page.getByRole('link', { name: title, exact: true }).click();
    await requireRefused(cases[0]!);
  }
  expect(complaints).toEqual([]);
  await page.close();
}, 200_000);

test('runs of one name are all shown, whatever else an archive has', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/runs`);
  await page.getByRole('link', { name: 'first' }).waitFor();
  const zip = zipSync({
    'a/first/run.json': files['run.json'],
    'a/first/events.jsonl': files['events.jsonl'],
    'b/first/run.json': files['run.json'],
    'b/notes.txt': text('not of a run'),
  });
  await drop(page, 'two.zip', zip);
  await page.getByRole('heading', { name: 'Compare' }).waitFor();
  expect(new URL(page.url()).hash).toBe(
    '#/compare?runs=first+%28dropped+here%29&runs=first+%28dropped+here%2C+2%29',
  );
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await expect.poll(() => page.locator('tbody tr').count()).toBe(3);
  expect(complaints).toEqual([]);
  await page.close();
});

test('a long run is read in a thread of its own: the page parses no more than what it shows', async () => {
  const { page, complaints } = await openPage(browser, `${viewer.url}#/runs`);
  await page.getByRole('link', { name: 'first' }).waitFor();
  const [begun, ...others] = files['events.jsonl'].toString().trimEnd().split('\n');
  const steps = Array.from({ length: 20_000 }, (_, i) =>
    JSON.stringify({
      ...{ kind: 'step', time: 0, epoch: 1, step: i + 1, stepInEpoch: i + 1, stepsPerEpoch: 20_000 },
      ...{ loss: 1, accuracy: 0.5, learningRate: 0.001, imagesPerSecond: 1000 },
    }),
  );
  const events = text(`${[begun, ...steps, ...others].join('\n')}\n`);
  expect(events.length).toBeGreaterThan(2e6);
  await page.evaluate(() => {
    const counts = { parsed: 0, decoded: 0 };
    const { parse } = JSON;
    const { decode } = TextDecoder.prototype;
    JSON.parse = (...given) => {
      counts.parsed += given[0].length;
      return parse(...given);
    };
    TextDecoder.prototype.decode = function (...given) {
      counts.decoded += given[0]?.byteLength ?? 0;
      return decode.apply(this, given);
    };
    Object.assign(window, { counts });
  });
  await drop(page, 'long.zip', zipSync({ 'long/run.json': files['run.json'], 'long/events.jsonl': events }));
  await page.getByRole('heading', { level: 1, name: 'long' }).waitFor();
  const { parsed, decoded } = await page.evaluate(
    () => (window as unknown as { counts: { parsed: number; decoded: number } }).counts,
  );
  expect(parsed).toBeLessThan(1e5);
  expect(decoded).toBeLessThan(1e5);
  expect(complaints).toEqual([]);
  await page.close();
});
