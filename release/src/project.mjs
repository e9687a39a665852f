import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { node, npm } from './npm.mjs';

/**
 * A user's project: a fresh folder with its own package.json, outside of any repository.
 *
 * @typedef {{
 *   readonly path: string,
 *   readonly install: (...specs: string[]) => Promise<void>,
 *   readonly write: (file: string, text: string) => Promise<void>,
 *   readonly node: (...args: string[]) => Promise<string>,
 *   readonly npm: (...args: string[]) => Promise<string>,
 *   readonly copies: (name: string) => string[],
 *   readonly versionOf: (name: string) => Promise<string>,
 * }} Project `copies`: every folder in which that package is installed.
 */

/**
 * @param {string} path It does not exist yet.
 * @param {NodeJS.ProcessEnv} env Where its npm finds the registry.
 * @returns {Promise<Project>}
 */
export const createProject = async (path, env) => {
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'package.json'), `${JSON.stringify({ private: true, type: 'module' })}\n`);
  const options = { cwd: path, env };
  return {
    path,
    install: async (...specs) => {
      await npm(['install', '--no-audit', '--no-fund', ...specs], options);
      // Says so when a version that is installed is not one that another package asks for.
      await npm(['ls', '--all'], options);
    },
    write: (file, text) => writeFile(join(path, file), text),
    node: async (...args) => (await node(args, options)).stdout,
    npm: async (...args) => (await npm(args, options)).stdout,
    copies: (name) =>
      readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) =>
        `/${file.replaceAll('\\', '/')}`.endsWith(`/node_modules/${name}/package.json`),
      ),
    versionOf: async (name) => {
      const answer = JSON.parse((await npm(['ls', '--json', name], options)).stdout);
      return answer.dependencies?.[name]?.version;
    },
  };
};
