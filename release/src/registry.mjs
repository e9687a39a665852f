import { spawn } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { npm } from './npm.mjs';

const START_MS = 60_000;

/**
 * A registry of one's own on this machine: it holds what is published to it, and passes on whatever else it is asked
 * for from the user's own.
 *
 * @typedef {{ readonly url: string, readonly stop: () => Promise<void> }} Registry
 */

/**
 * Starts Verdaccio. It has a lock file of its own in release/registry, so that only this needs it installed.
 *
 * @param {string} folder For the program and everything that it keeps; it does not exist yet.
 * @param {readonly string[]} ours Names, or patterns of names, that are never asked for elsewhere.
 * @returns {Promise<Registry>}
 */
export const startRegistry = async (folder, ours) => {
  await mkdir(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    await copyFile(join(repository, 'release', 'registry', file), join(folder, file));
  await npm(['ci', '--no-audit', '--no-fund'], { cwd: folder });

  const upstream = (await npm(['config', 'get', 'registry'], { cwd: repository })).stdout.trim();
  const port = await freePort();
  await writeFile(join(folder, 'config.yaml'), JSON.stringify(configuration(upstream, ours), null, 2));
  const url = `http://127.0.0.1:${port}/`;
  const server = spawn(
    process.execPath,
    [
      join(folder, 'node_modules', 'verdaccio', 'bin', 'verdaccio'),
      ...['--config', join(folder, 'config.yaml'), '--listen', url],
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const ended = new Promise((resolve) => server.once('close', resolve));

  const deadline = Date.now() + START_MS;
  while (!(await answers(url))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      server.kill();
      throw new Error(`expected Verdaccio to answer at ${url} within ${START_MS / 1000} s\n${output}`);
    }
    await sleep(200);
  }
  return {
    url,
    stop: async () => {
      server.kill();
      await ended;
    },
  };
};

/** YAML, as JSON is. @param {string} upstream @param {readonly string[]} ours */
const configuration = (upstream, ours) => ({
  storage: './storage',
  auth: { htpasswd: { file: './htpasswd' } },
  uplinks: { upstream: { url: upstream, timeout: '120s', maxage: '60m' } },
  packages: {
    ...Object.fromEntries(ours.map((name) => [name, { access: '$all', publish: '$all' }])),
    '**': { access: '$all', proxy: 'upstream' },
  },
  web: { enable: false },
  max_body_size: '100mb',
  log: { type: 'stdout', format: 'pretty', level: 'warn' },
});

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

/** @param {string} url */
const answers = async (url) => {
  try {
    return (await fetch(`${url}-/ping`)).ok;
  } catch {
    return false;
  }
};
