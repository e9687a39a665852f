// Builds what `dropout-lab export RUN --format web` copies: dist/web, without the model. Nothing is bundled when a run is exported.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { paletteCss } from '@dropout-lab/charts/palette';
import { build } from 'vite';

const { resolve } = createRequire(import.meta.url);
const source = fileURLToPath(new URL('../src/web', import.meta.url));
const output = fileURLToPath(new URL('../dist/web', import.meta.url));

/** As the viewer's styles name it. */
const FONT = '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2';

/** The wasm backend as a part of the script, compressed. */
const embeddedWasm = {
  name: 'embedded-wasm',
  resolveId: (id) => (id === 'virtual:tfjs-wasm' ? `\0${id}` : undefined),
  load: async (id) => {
    if (id !== '\0virtual:tfjs-wasm') return undefined;
    const file = join(dirname(resolve('@tensorflow/tfjs-backend-wasm')), 'tfjs-backend-wasm-simd.wasm');
    return `export default ${JSON.stringify(gzipSync(await readFile(file), { level: 9 }).toString('base64'))};`;
  },
};

/** The folders of the packages that are in the scripts. */
const bundled = new Set();
const lookAtPackages = {
  name: 'look-at-packages',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      for (const [id, { renderedLength }] of Object.entries(chunk.modules ?? {})) {
        const [folder] = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/')) ?? [];
        if (renderedLength > 0 && folder && !id.startsWith('\0')) bundled.add(folder);
      }
    }
  },
};

const script = (entry, file) =>
  build({
    configFile: false,
    root: source,
    logLevel: 'warn',
    plugins: [embeddedWasm, lookAtPackages],
    build: {
      outDir: dirname(join(output, file)),
      emptyOutDir: false,
      target: 'es2022',
      lib: {
        entry: join(source, entry),
        formats: ['iife'],
        name: '_',
        fileName: () => file.split('/').at(-1),
      },
    },
  });

/** The comment that a file begins with, where it is a licence. */
const noticeIn = async (file) => {
  const [comment] = /^\/\*.*?\*\//s.exec(await readFile(file, 'utf8').catch(() => '')) ?? [];
  return comment?.includes('Permission is hereby granted') ? comment.slice(2, -2) : undefined;
};

/** The licences of what the folder contains, package by package. */
const licences = async () => {
  const font = dirname(resolve('@fontsource-variable/inter/package.json'));
  const packages = await Promise.all(
    [...[...bundled].sort(), font, fileURLToPath(new URL('..', import.meta.url))].map(async (folder) => {
      const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
      const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
      const text = file
        ? await readFile(join(folder, file), 'utf8')
        : await noticeIn(join(folder, `${name}.js`));
      return { title: `${name} ${version}: ${license}`, license, text };
    }),
  );
  const parts = packages.map(({ title, license, text }) => {
    // TensorFlow.js's packages come without the text of their licence.
    const same = packages.find(
      (other) => other.text && other.license === 'Apache-2.0' && license.startsWith(other.license),
    );
    if (!text && !same)
      throw new Error(`${title}: expected the text of the licence in its folder, found none`);
    return `${title}\n\n${(text ?? `${same.license}: the text is that under "${same.title}" below.`).trim()}`;
  });
  return parts.join(`\n\n${'-'.repeat(80)}\n\n`);
};

await rm(output, { recursive: true, force: true });
await mkdir(join(output, 'page'), { recursive: true });
await script('runtime.ts', 'runtime.js');
await script('page/page.ts', 'page/page.js');
await cp(join(source, 'classifier.js'), join(output, 'classifier.js'));
await cp(join(source, 'classifier.d.ts'), join(output, 'classifier.d.ts'));
await cp(join(source, 'page/index.html'), join(output, 'index.html'));
await cp(join(source, 'page/icon.svg'), join(output, 'page/icon.svg'));
const font = await readFile(resolve(FONT));
const ofViewer = fileURLToPath(new URL('../../viewer/src/shared', import.meta.url));
const styles = [
  join(ofViewer, 'base.css'),
  join(ofViewer, 'controls/buttons.css'),
  join(source, 'page/page.css'),
];
const css = (await Promise.all(styles.map((file) => readFile(file, 'utf8')))).join('\n');
await writeFile(
  join(output, 'page/page.css'),
  paletteCss() +
    // Browsers fetch no font for a page from a disk.
    css.replace(`url("${FONT}")`, () => `url("data:font/woff2;base64,${font.toString('base64')}")`),
);
await writeFile(join(output, 'LICENSES.txt'), `${await licences()}\n`);
