import { readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DecodePicture, surveyFolder } from '@dropout-lab/data';
import { decodePicture } from '@dropout-lab/data/node';
import type { Browser, Page } from 'playwright-core';
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
  await writeFile(
    join(folder, 'pictures.html'),
    `<!doctype html><title>Pictures</title><link rel="icon" href="data:,"><script type="module">
      import { imageFolder, parquet } from '${fileURLToPath(new URL('../../dist/browser.js', import.meta.url))}';
      import { decodeInBrowser, surveyFolder } from '${fileURLToPath(new URL('../../../../packages/data/dist/index.js', import.meta.url))}';
      Object.assign(globalThis, { imageFolder, parquet, decodeInBrowser, surveyFolder, isReady: true });
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
      rollupOptions: {
        input: ['index.html', 'digest.html', 'pictures.html'].map((name) => join(folder, name)),
      },
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

/** Globals of the page. */
interface PicturesPage {
  readonly isReady?: boolean;
  readonly imageFolder: typeof inBrowser.imageFolder;
  readonly parquet: typeof inBrowser.parquet;
  readonly decodeInBrowser: DecodePicture;
  readonly surveyFolder: typeof surveyFolder;
}

/** The page, with a value that a test of it leaves there. */
interface GivenPage extends PicturesPage {
  readonly given: Promise<unknown>;
}

const fixtures = fileURLToPath(new URL('../../../../packages/data/fixtures/', import.meta.url));

const openPictures = async () => {
  const { page, complaints } = await openPage(browser, `${server.resolvedUrls!.local[0]!}pictures.html`);
  await page.waitForFunction(() => (globalThis as unknown as PicturesPage).isReady === true);
  return { page, complaints };
};

/** Returns the largest difference of two values at the same place. */
const furthest = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

test('pictures of every kind are decoded as in Node, to within one level', async () => {
  const { page } = await openPictures();
  const names = readdirSync(join(fixtures, 'pictures')).filter(
    // Refused, below.
    (name) => !name.endsWith('.rgb') && name !== 'cmyk-profile.jpg',
  );
  expect(names.length).toBeGreaterThanOrEqual(18);
  const differences: Record<string, number> = {};
  for (const name of names) {
    const file = await readFile(join(fixtures, 'pictures', name));
    for (const options of [
      {},
      { height: 9, width: 12 },
      { height: 40, width: 40, fit: 'contain' as const },
    ]) {
      const expected = await decodePicture(file, options);
      const found = await page.evaluate(
        async ([content, wanted]) => {
          const { decodeInBrowser } = globalThis as unknown as PicturesPage;
          const { pixels, width, height } = await decodeInBrowser(Uint8Array.from(content), wanted);
          return { pixels: [...pixels], width, height };
        },
        [[...file], options] as const,
      );
      expect([name, found.width, found.height]).toEqual([name, expected.width, expected.height]);
      const worst = furthest(Uint8Array.from(found.pixels), expected.pixels);
      // A spline makes more of a level: of alpha, which a canvas multiplies colours by, and of AVIF's colours.
      const isAmplified = differences[name] === 1 && 'fit' in options;
      differences[name] = Math.max(differences[name] ?? 0, isAmplified ? worst / 3 : worst);
    }
  }
  expect(Object.entries(differences).filter(([, worst]) => worst > 1)).toEqual([]);
  await page.close();
}, 120_000);

test('a Parquet file gives the images that it gives in Node', async () => {
  const { page, complaints } = await openPictures();
  const file = await readFile(join(fixtures, 'parquet/datasets.parquet'));
  const found = await page.evaluate(
    async (content) => {
      const { parquet } = globalThis as unknown as PicturesPage;
      const { train, dataset, files } = await parquet(new File([Uint8Array.from(content)], 'pets.parquet'));
      const path = await parquet('pets.parquet').catch((error: Error) => error.message);
      return { images: [...train.images], labels: [...train.labels], dataset, files, path };
    },
    [...file],
  );
  const expected = await inNode.parquet(new File([file], 'pets.parquet'));
  expect(complaints).toEqual([]);
  expect([found.dataset, found.files]).toEqual([expected.dataset, expected.files]);
  expect([Uint8Array.from(found.images), Uint8Array.from(found.labels)]).toEqual([
    expected.train.images,
    expected.train.labels,
  ]);
  expect(found.path).toContain('expected the content of a file in a browser');
  await page.close();
}, 120_000);

/** Makes pets/cat and pets/dog, of five pictures each, and files that are no pictures. */
const makePets = async (): Promise<string> => {
  const pets = join(await mkdtemp(join(folder, 'given-')), 'pets');
  // Of kinds that decode to the same pixels everywhere.
  const kinds = ['plain.png', 'grey-16.png', 'lossless.webp', 'palette.png', 'first-frame.gif'];
  for (const [name, kindsOfClass] of Object.entries({ cat: kinds, dog: kinds.toReversed() })) {
    await mkdir(join(pets, name), { recursive: true });
    for (const [i, kind] of kindsOfClass.entries())
      await copyFile(join(fixtures, 'pictures', kind), join(pets, name, `${i}-${kind}`));
  }
  await writeFile(join(pets, 'cat/notes.txt'), 'no picture');
  await writeFile(join(pets, 'cat/.DS_Store'), 'hidden');
  await writeFile(join(pets, 'dog/torn.png'), '');
  await writeFile(join(pets, 'loose.png'), 'in no class');
  return pets;
};

/** Drops a file or a folder onto the page as a person does, from another program. */
const dropOnto = async (page: Page, paths: readonly string[]): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 10, y: 10, data });
};

/** Loads the folder that the next drop brings, by an option of how; the result is at `given`. */
const takeNextDrop = (page: Page, as: 'transfer' | 'handle'): Promise<void> =>
  page.evaluate((as) => {
    const scope = globalThis as unknown as PicturesPage;
    addEventListener('dragover', (event) => event.preventDefault());
    const given = new Promise((resolve) => {
      addEventListener(
        'drop',
        (event) => {
          event.preventDefault();
          const transfer = event.dataTransfer!;
          const [item] = transfer.items as unknown as { getAsFileSystemHandle(): Promise<unknown> }[];
          const load = async () => {
            const folder =
              as === 'transfer'
                ? transfer
                : ((await item!.getAsFileSystemHandle()) as FileSystemDirectoryHandle);
            const progress: number[] = [];
            const onProgress = ({ done, total }: { done: number; total: number }) =>
              progress.push(done / total);
            const { train, dataset, counts, skipped, files } = await scope.imageFolder(folder, {
              onProgress,
            });
            return { dataset, counts, skipped, files, size: train.images.length, progress: progress.at(-1) };
          };
          resolve(load().catch((error: Error) => error.message));
        },
        { once: true },
      );
    });
    Object.assign(globalThis, { given });
  }, as);

const given = (page: Page): Promise<unknown> =>
  page.evaluate(() => (globalThis as unknown as GivenPage).given);

test('a folder that is dropped, opened or chosen gives the images that its path gives in Node', async () => {
  const pets = await makePets();
  const inCache = await inNode.imageFolder(pets, { cacheDirectory: join(folder, 'cache') });
  const { train, dataset, counts, skipped, files } = inCache;
  const expected = { dataset, counts, skipped, files, size: train.images.length, progress: 1 };
  expect(skipped).toEqual([
    { file: 'dog/torn.png', reason: 'empty' },
    { file: 'loose.png', reason: 'in no folder of a class' },
    { file: 'cat/notes.txt', reason: 'it is not PNG, JPEG, WebP, AVIF, GIF or TIFF' },
  ]);
  const { page, complaints } = await openPictures();
  for (const as of ['transfer', 'handle'] as const) {
    await takeNextDrop(page, as);
    await dropOnto(page, [pets]);
    expect([as, await given(page)]).toEqual([as, expected]);
  }
  // The folders of the classes, dropped at once: the same images, of another name.
  await takeNextDrop(page, 'transfer');
  await dropOnto(page, [join(pets, 'cat'), join(pets, 'dog')]);
  const title = 'The given pictures';
  const both = skipped.filter(({ file }) => file !== 'loose.png');
  expect(await given(page)).toEqual({ ...expected, skipped: both, dataset: { ...dataset, title } });

  await page.setContent('<input type="file" webkitdirectory>');
  await page.setInputFiles('input', pets);
  const chosen = await page.evaluate(async () => {
    const { surveyFolder } = globalThis as unknown as PicturesPage;
    const { files } = document.querySelector('input')!;
    const { title, classNames, counts, skipped } = structuredClone(await surveyFolder(files!));
    return { title, classNames, counts, skipped };
  });
  const known = skipped.filter(({ reason }) => !reason.startsWith('it is not'));
  expect(chosen).toEqual({ title: 'pets', classNames: ['cat', 'dog'], counts: [6, 5], skipped: known });
  expect(complaints).toEqual([]);
  await page.close();
}, 120_000);

test('what is no folder of classes is refused in a sentence, and so is a picture that would take all memory', async () => {
  const pets = await makePets();
  const { page } = await openPictures();
  for (const [paths, message] of [
    [[join(pets, 'cat')], /^cat: expected a folder for each class.*found 5 pictures in no folder/],
    [
      [join(pets, 'cat/0-plain.png')],
      /^The given pictures: expected a folder .* found 1 picture in no folder/,
    ],
  ] as const) {
    await takeNextDrop(page, 'transfer');
    await dropOnto(page, paths);
    expect(await given(page)).toMatch(message);
  }
  const path = await page.evaluate(() =>
    (globalThis as unknown as PicturesPage).imageFolder('pets').catch((error: Error) => error.message),
  );
  expect(path).toMatch(/^imageFolder: expected a folder that the page was given, received pets: give/);
  const refusalOf = async (file: string): Promise<unknown> =>
    page.evaluate(
      async (content) => {
        const { decodeInBrowser } = globalThis as unknown as PicturesPage;
        return decodeInBrowser(Uint8Array.from(content)).catch((error: Error) => error.message);
      },
      [...(await readFile(join(fixtures, file)))],
    );
  // A few kilobytes that say that they are 400 million pixels.
  expect(await refusalOf('bomb.png')).toBe(
    'it has 400000000 pixels, and the limit is 100000000: scale it down first',
  );
  expect(await refusalOf('pictures/cmyk-profile.jpg')).toBe(
    'of CMYK with a profile, whose colours a browser gets wrong: convert it to RGB first',
  );
  await page.close();
}, 120_000);
