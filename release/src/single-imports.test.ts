import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import { afterAll, expect, test } from 'vitest';
import { repository } from '../../scripts/spawn-turbo.mjs';
import singleImports from '../single-imports.json' with { type: 'json' };

// Inside the repository, where the packages are found; git ignores it.
const root = join(repository, '.turbo');
await mkdir(root, { recursive: true });
const folder = await mkdtemp(join(root, 'single-imports-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const bundlers = {
  vite: async (file: string): Promise<string> => {
    const built = await vite({
      configFile: false,
      root: folder,
      logLevel: 'silent',
      build: { write: false, target: 'es2022', rolldownOptions: { input: file } },
    });
    if (!('output' in built)) throw new Error('expected one bundle');
    return built.output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
  },
  esbuild: async (file: string): Promise<string> => {
    const options = { bundle: true, minify: true, format: 'esm', platform: 'browser', write: false } as const;
    return (await esbuild({ ...options, entryPoints: [file] })).outputFiles[0]!.text;
  },
};

/** Bundles a program that imports one thing; the bundle should have neither the rest of its package nor its dependencies. */
test.each(singleImports)('$import of $from', async ({ from, import: name, kilobytes }) => {
  const file = join(folder, `${name}.js`);
  await writeFile(file, `import { ${name} } from '${from}';\nconsole.log(${name});\n`);
  for (const [bundler, bundle] of Object.entries(bundlers)) {
    const size = gzipSync(await bundle(file)).length / 1000;
    expect(size, bundler).toBeGreaterThan(0);
    expect(size, bundler).toBeLessThanOrEqual(kilobytes);
  }
});
