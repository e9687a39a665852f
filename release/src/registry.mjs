import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from '../../scripts/run.mjs';
import { repository } from '../../scripts/spawn-turbo.mjs';

/**
 * Starts Verdaccio, a private registry on this machine: it keeps the packages that are published to it, and passes other
 * requests on to the user's own registry. It has a lock file of its own in release/registry, so that only a rehearsal
 * installs its 300 packages.
 *
 * @param {string} folder For the program and everything that it keeps; it does not exist yet.
 * @param {readonly string[]} ours Names that are never asked for elsewhere.
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export const startRegistry = async (folder, ours) => {
  await mkdir(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    await copyFile(join(repository, 'release', 'registry', file), join(folder, file));
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder });
  const upstream = (await run('npm', ['config', 'get', 'registry'], { cwd: repository })).trim();

  const { runServer } = createRequire(join(folder, 'package.json'))('verdaccio');
  /** @type {import('node:http').Server} */
  const server = await runServer({
    self_path: folder,
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: { upstream: { url: upstream, timeout: '120s', maxage: '60m' } },
    packages: {
      ...Object.fromEntries(ours.map((name) => [name, { access: '$all', publish: '$all' }])),
      '**': { access: '$all', proxy: 'upstream' },
    },
    web: { enable: false },
    max_body_size: '100mb',
    // It warns of every file that two installs ask for at once.
    log: { type: 'stdout', format: 'pretty', level: 'error' },
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
