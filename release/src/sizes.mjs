import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { entryPointsOf } from '../../scripts/workspaces.mjs';

/**
 * Kilobytes (1000 bytes) by name: `tarball`, and each entry point by its specifier.
 *
 * @typedef {Readonly<Record<string, number>>} Sizes
 */

/** The most that each package may take, as committed. */
export const budgetsFile = join(repository, 'release', 'size-budgets.json');

/**
 * How large a package is: what is downloaded to install it and, for each entry point, what importing all of it adds to a
 * bundle, minified and gzipped, without dependencies.
 *
 * @param {import('./pack.mjs').Packed} packed
 * @returns {Promise<Sizes>}
 */
export const sizesOf = async ({ workspace, tarball }) => {
  const entryPoints = entryPointsOf(workspace).map(async ({ specifier, module }) => [
    specifier,
    kilobytes(await bundled(module)),
  ]);
  return { tarball: kilobytes(tarball.length), ...Object.fromEntries(await Promise.all(entryPoints)) };
};

/** @param {number} bytes */
const kilobytes = (bytes) => Math.round(bytes / 100) / 10;

/** @param {string} module */
const bundled = async (module) => {
  const bundle = await rolldown({ input: module, external: /^(?![./]|[A-Za-z]:)/, logLevel: 'silent' });
  try {
    const { output } = await bundle.generate({ minify: true });
    return output.reduce((sum, chunk) => sum + (chunk.type === 'chunk' ? gzipSync(chunk.code).length : 0), 0);
  } finally {
    await bundle.close();
  }
};

/**
 * The budget that a package of this size gets: a fifth above it, in half kilobytes.
 *
 * @param {Sizes} sizes
 * @returns {Sizes}
 */
export const budgetFor = (sizes) =>
  Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, Math.ceil(size * 2.4) / 2]));

/**
 * @param {Sizes} sizes
 * @param {Sizes} budget
 * @returns {string[]} What is over its budget or has none, a sentence each.
 */
export const sizeProblems = (sizes, budget) =>
  Object.entries(sizes).flatMap(([name, size]) => {
    const limit = budget[name];
    if (limit === undefined)
      return `${name}: has no size budget; npm run release:check -- --update gives it one`;
    return size > limit
      ? `${name}: expected at most ${limit} kB, found ${size}; make it smaller, or npm run release:check -- --update`
      : [];
  });
