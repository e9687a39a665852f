import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { npm } from './npm.mjs';

/**
 * What npm would send to the registry.
 *
 * @typedef {{
 *   readonly workspace: import('../../scripts/workspaces.mjs').Workspace,
 *   readonly tarball: Buffer<ArrayBuffer>,
 *   readonly files: readonly string[],
 *   readonly read: (file: string) => Promise<string>,
 * }} Packed
 */

/**
 * Packs workspaces as `npm publish` does, from what is built.
 *
 * @param {readonly import('../../scripts/workspaces.mjs').Workspace[]} workspaces
 * @param {string} folder For the tarballs; it exists.
 * @returns {Promise<Packed[]>}
 */
export const pack = async (workspaces, folder) => {
  const folders = workspaces.map(({ path }) => path);
  const { stdout } = await npm(
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...folders],
    { cwd: repository },
  );
  /** @type {{ name: string, filename: string, files: { path: string }[] }[]} */
  const packed = JSON.parse(stdout);
  return workspaces.map((workspace) => {
    const found = packed.find(({ name }) => name === workspace.manifest.name);
    if (found === undefined) throw new Error(`npm pack: expected ${workspace.manifest.name}, found none`);
    return {
      workspace,
      tarball: /** @type {Buffer<ArrayBuffer>} */ (readFileSync(join(folder, found.filename))),
      files: found.files.map(({ path }) => path),
      read: (file) => readFile(join(workspace.path, file), 'utf8'),
    };
  });
};
