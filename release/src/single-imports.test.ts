import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, expect, test } from 'vitest';
import { repository } from '../../scripts/spawn-turbo.mjs';
import singleImports from '../single-imports.json' with { type: 'json' };
import { budgetsFile } from './package-checks.mjs';

// Inside the repository, where the packages are found; git ignores it.
const root = join(repository, '.turbo');
await mkdir(root, { recursive: true });
const folder = await mkdtemp(join(root, 'single-imports-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const budgets: Record<string, string> = JSON.parse(await readFile(budgetsFile, 'utf8'));
const programs = Object.entries(singleImports).flatMap(([specifier, names]) =>
  names.map((name) => [`import { ${name} } from '${specifier}'`, name] as const),
);

/** size-limit bundles the same programs with esbuild, within the same budgets. */
test.each(programs)('%s is within its budget in Vite too', async (statement, name) => {
  const input = join(folder, `${name}.js`);
  await writeFile(input, `${statement};\nconsole.log(${name});\n`);
  const built = await build({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    build: { write: false, target: 'es2022', rolldownOptions: { input } },
  });
  if (!('output' in built)) throw new Error('expected one bundle');
  const code = built.output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
  expect(code).toContain('console.log(');
  expect(gzipSync(code).length / 1000).toBeLessThanOrEqual(Number.parseFloat(budgets[statement]!));
});
