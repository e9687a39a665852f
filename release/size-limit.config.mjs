/**
 * The sizes that size-limit measures: every tarball; every entry point without dependencies, so that our own growth
 * shows; and single imports as users' bundles get them, dependencies included. The limits are in size-budgets.json.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { entryPointsOf, published } from '../scripts/workspaces.mjs';
import { budgetsFile, tarballOf } from './src/package-checks.mjs';

/**
 * Programs that import one thing, by package: the rest of the package, and the dependencies of the rest, should not be
 * bundled.
 *
 * @type {Record<string, string[]>}
 */
const singleImports = JSON.parse(readFileSync(new URL('single-imports.json', import.meta.url), 'utf8'));

const entryPoints = published.flatMap(entryPointsOf);

/** @param {string} name */
const moduleOf = (name) => {
  const entry = entryPoints.find(({ specifier }) => specifier === name);
  if (entry === undefined) throw new Error(`expected an entry point ${name}, found none: see exports`);
  return entry.module;
};

/** As size-limit looks for files: by a pattern, and content to find none. @param {string} file */
const patternOf = (file) => {
  if (!existsSync(file)) throw new Error(`expected ${file}, found none: npm run release:check makes it`);
  return relative(import.meta.dirname, file).replaceAll(sep, '/');
};

/**
 * With no word on imports of chunks for their side effects: the bundler that built the packages leaves some, of chunks that
 * have none.
 *
 * @param {object} options Of esbuild.
 */
const esm = (options) => ({ ...options, format: 'esm', logOverride: { 'ignored-bare-import': 'silent' } });

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
  ...Object.entries(singleImports).flatMap(([specifier, names]) =>
    names.map((name) => ({
      name: `import { ${name} } from '${specifier}'`,
      path: patternOf(moduleOf(specifier)),
      import: `{ ${name} }`,
      gzip: true,
      modifyEsbuildConfig: esm,
    })),
  ),
];

/** @type {Record<string, string>} */
const budgets = JSON.parse(readFileSync(budgetsFile, 'utf8'));

// What has no budget yet fails, by name: npm run release:check -- --update gives it one.
export default checks.map((check) => ({ ...check, limit: budgets[check.name] ?? '0 B' }));
