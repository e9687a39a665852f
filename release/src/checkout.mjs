import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { published, workspaces } from '../../scripts/workspaces.mjs';
import { node, run } from './npm.mjs';

/**
 * A copy of the repository as it is, built, to make versions in and publish from: no file of the original is touched.
 *
 * @typedef {{
 *   readonly changesets: (...args: string[]) => Promise<string>,
 *   readonly add: (summary: string, bump: 'patch' | 'minor') => Promise<void>,
 *   readonly versions: () => Promise<Map<string, string>>,
 *   readonly brokenRanges: () => Promise<string[]>,
 * }} Checkout `brokenRanges`: dependencies among the workspaces that no longer name the version that is there.
 */

/**
 * @param {string} folder It does not exist yet.
 * @param {NodeJS.ProcessEnv} env Of the commands run there.
 * @returns {Promise<Checkout>}
 */
export const copyCheckout = async (folder, env) => {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
  });
  const built = published.map((workspace) => `${workspace.folder}/dist`);
  for (const file of [...stdout.split('\0').filter(Boolean), ...built]) {
    if (!existsSync(join(repository, file))) continue;
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(repository, file), join(folder, file), { recursive: true });
  }
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');

  /** @param {string[]} args */
  const git = (...args) => run('git', args, { cwd: folder, env });
  const commit = async () => {
    await git('add', '--all');
    await git(
      ...['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@localhost', '-c', 'commit.gpgsign=false'],
      ...['commit', '--quiet', '--message', 'Rehearsal'],
    );
  };
  await git('init', '--quiet', '--initial-branch', 'main');
  await commit();

  const cli = createRequire(join(repository, 'package.json')).resolve('@changesets/cli/bin.js');
  /** @returns {Promise<import('../../scripts/workspaces.mjs').Manifest[]>} */
  const manifests = () =>
    Promise.all(
      workspaces.map(async (workspace) =>
        JSON.parse(await readFile(join(folder, workspace.folder, 'package.json'), 'utf8')),
      ),
    );
  const versions = async () => new Map((await manifests()).map(({ name, version }) => [name, version]));

  return {
    versions,
    changesets: async (...args) => {
      const { stdout, stderr } = await node([cli, ...args], { cwd: folder, env });
      await commit().catch(() => {});
      return `${stdout}${stderr}`;
    },
    add: async (summary, bump) => {
      const lines = published.map(({ manifest }) => `"${manifest.name}": ${bump}`);
      await writeFile(
        join(folder, '.changeset', 'rehearsal.md'),
        `---\n${lines.join('\n')}\n---\n\n${summary}\n`,
      );
    },
    brokenRanges: async () => {
      const now = await versions();
      return (await manifests()).flatMap(({ name, ...manifest }) =>
        Object.entries({
          ...manifest.devDependencies,
          ...manifest.peerDependencies,
          ...manifest.optionalDependencies,
          ...manifest.dependencies,
        })
          .filter(([other, range]) => now.has(other) && range !== `^${now.get(other)}`)
          .map(([other, range]) => `${name} depends on ${other} ${range}, which is at ${now.get(other)}`),
      );
    },
  };
};
