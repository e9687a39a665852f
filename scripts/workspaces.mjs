import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './spawn-turbo.mjs';

/**
 * The parts of a package.json that are read here.
 *
 * @typedef {Readonly<Record<string, string>>} Ranges
 * @typedef {{
 *   readonly name: string,
 *   readonly version: string,
 *   readonly private?: boolean,
 *   readonly bin?: Ranges,
 *   readonly exports?: Readonly<Record<string, string | { readonly types: string, readonly default: string }>>,
 *   readonly dependencies?: Ranges,
 *   readonly devDependencies?: Ranges,
 *   readonly peerDependencies?: Ranges,
 *   readonly optionalDependencies?: Ranges,
 *   readonly [key: string]: unknown,
 * }} Manifest
 */

/**
 * A folder that the root package.json lists in `workspaces`: `folder` from the root, with slashes (`packages/cifar`),
 * `path` absolute.
 *
 * @typedef {{ readonly folder: string, readonly path: string, readonly manifest: Manifest }} Workspace
 */

/**
 * An entry point of a package: `@dropout-lab/cifar/node` is the `specifier` of the entry point `node` of `cifar`. Absolute
 * paths of its source, and of its built declarations and module.
 *
 * @typedef {{
 *   readonly name: string,
 *   readonly specifier: string,
 *   readonly source: string,
 *   readonly types: string,
 *   readonly module: string,
 * }} EntryPoint
 */

/** @param {string[]} path */
const readJson = (...path) => JSON.parse(readFileSync(join(repository, ...path), 'utf8'));

/** @param {string} pattern @returns {string[]} */
const foldersOf = (pattern) =>
  pattern.endsWith('/*')
    ? readdirSync(join(repository, pattern.slice(0, -2))).map((name) => pattern.replace('*', name))
    : [pattern];

/** @type {string[]} */
const patterns = readJson('package.json').workspaces;

/**
 * Every workspace, in the order of package.json.
 *
 * @type {readonly Workspace[]}
 */
export const workspaces = patterns.flatMap(foldersOf).map((folder) => ({
  folder,
  path: join(repository, folder),
  manifest: readJson(folder, 'package.json'),
}));

/** The workspaces that are published. */
export const published = workspaces.filter(({ manifest }) => !manifest.private);

/**
 * Returns the entry points of a workspace, by its `exports`; none for a command.
 *
 * @param {Workspace} workspace
 * @returns {EntryPoint[]}
 */
export const entryPointsOf = ({ manifest, path }) =>
  Object.entries(manifest.exports ?? {}).flatMap(([subpath, entryPoint]) => {
    if (typeof entryPoint === 'string') return [];
    const name = subpath === '.' ? 'index' : subpath.slice(2);
    return {
      name,
      specifier: `${manifest.name}${subpath.slice(1)}`,
      source: join(path, 'src', `${name}.ts`),
      types: join(path, entryPoint.types),
      module: join(path, entryPoint.default),
    };
  });
