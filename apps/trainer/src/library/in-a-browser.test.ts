import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { build, type Plugin, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openPage } from '../../../../scripts/chromium.mjs';
import * as inBrowser from '../browser.ts';
import * as inNode from '../index.ts';
import { digestOfTraining } from './digest-of-training.testing.ts';

const program = fileURLToPath(new URL('../../../../examples/src/first-steps.js', import.meta.url));

let folder: string;
let browser: Browser;
let server: PreviewServer;
/** The modules that Vite has bundled, by those that they are imported by. */
const importers = new Map<string, readonly string[]>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dropout-lab-page-'));
  await writeFile(
    join(folder, 'index.html'),
    `<!doctype html><title>First steps</title><link rel="icon" href="data:,"><script type="module" src="${program}"></script>`,
  );
  await writeFile(
    join(folder, 'digest.html'),
    `<!doctype html><title>Digest</title><link rel="icon" href="data:,"><script type="module">
      import * as library from '${fileURLToPath(new URL('../../dist/browser.js', import.meta.url))}';
      import { digestOfTraining } from '${fileURLToPath(new URL('digest-of-training.testing.ts', import.meta.url))}';
      console.log(await digestOfTraining(library));
    </script>`,
  );
  const lookAtModules: Plugin = {
    name: 'look-at-modules',
    generateBundle() {
      for (const id of this.getModuleIds()) importers.set(id, this.getModuleInfo(id)!.importers);
    },
  };
  await build({
    root: folder,
    logLevel: 'silent',
    build: {
      target: 'es2022',
      rollupOptions: { input: ['index.html', 'digest.html'].map((name) => join(folder, name)) },
    },
    plugins: [lookAtModules],
  });
  server = await preview({ root: folder, logLevel: 'silent', preview: { port: 0 } });
  browser = await launchChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

test('exports what it exports in Node', () => {
  // Of the same types, or this does not compile.
  const same: typeof inNode = inBrowser;
  expect(Object.keys(same).sort()).toEqual(Object.keys(inNode).sort());
});

test('a bundle reaches no module of Node', () => {
  const modules = [...importers.keys()];
  expect(modules.some((id) => id.endsWith('apps/trainer/dist/browser.js'))).toBe(true);
  expect(modules.filter((id) => /^node:|\/dist\/(node|cli)\.js$/.test(id))).toEqual([]);
  // What Vite puts in the place of Node's modules; TensorFlow.js asks for some, in Node.
  const placeholders = modules.filter((id) => id.includes('browser-external'));
  const asking = placeholders.flatMap((id) => importers.get(id)!);
  expect(asking.filter((id) => !/\/node_modules\/(@tensorflow|seedrandom)\//.test(id))).toEqual([]);
});

test('the example trains, evaluates, saves, loads and predicts in Chromium', async () => {
  const { page, complaints } = await openPage(browser, server.resolvedUrls!.local[0]!);
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  await expect
    .poll(() => [...complaints, ...lines].at(-1), { timeout: 100_000 })
    .toMatch(/^test accuracy 0\.\d+; the first test image is a \w+$/);
  expect(complaints).toEqual([]);
  expect(lines.filter((line) => line.startsWith('epoch '))).toHaveLength(8);
  await page.close();
}, 120_000);

test('the weights of a training on wasm are those of Node, to the bit', async () => {
  const { page, complaints } = await openPage(browser, `${server.resolvedUrls!.local[0]!}digest.html`);
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  const expected = await digestOfTraining(inNode);
  await expect.poll(() => [...complaints, ...lines].at(-1), { timeout: 60_000 }).toMatch(/^[0-9a-f]{64}$/);
  expect([complaints, lines.at(-1)]).toEqual([[], expected]);
  await page.close();
}, 120_000);
