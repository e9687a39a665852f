/**
 * The sizes that size-limit measures: every tarball, and every entry point without dependencies, so that our own growth
 * shows. The limits are in size-budgets.json. Single imports are measured in bundles by src/single-imports.test.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { entryPointsOf, published } from '../scripts/workspaces.mjs';
import { budgetsFile, tarballOf } from './src/package-checks.mjs';

const entryPoints = published.flatMap(entryPointsOf);

/** As size-limit looks for files: by a pattern, and content to find none. @param {string} file */
const patternOf = (file) => {
  if (!existsSync(file)) throw new Error(`expected ${file}, found none: npm run release:check makes it`);
  return relative(import.meta.dirname, file).replaceAll(sep, '/');
};

/** @param {object} options Of esbuild. */
const esm = (options) => ({ ...options, format: 'esm' });

const checks = [
  ...published.map((workspace) => ({
    name: `${workspace.manifest.name}, tarball`,
    path: patternOf(tarballOf(workspace)),
    brotli: false,
    disablePlugins: ['@size-limit/esbuild'],
  })),
  ...entryPoints.map(({ specifier, module }) => ({
    name: specifier,
    path: patternOf(module),
    gzip: true,
    modifyEsbuildConfig: (/** @type {object} */ options) => ({
      ...esm(options),
      packages: 'external',
    }),
  })),
];

/** @type {Record<string, string>} */
const budgets = JSON.parse(readFileSync(budgetsFile, 'utf8'));

// What has no budget yet fails, by name: npm run release:check -- --update gives it one.
export default checks.map((check) => ({ ...check, limit: budgets[check.name] ?? '0 B' }));
