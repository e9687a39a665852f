import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { command, newFolder, require, requireRefusal } from './context.mjs';

/** @typedef {import('./context.mjs').Context} Context @typedef {import('./context.mjs').Random} Random */
/** @typedef {import('node:http').ServerResponse} Response */

const ARCHIVE_BYTES = 170_052_171;
const gzip = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);

/** Mirrors that lie. @type {readonly ((response: Response, random: Random) => unknown)[]} */
const lies = [
  (response) => response.writeHead(404).end('no'),
  (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
  (response) => response.writeHead(200).end(Buffer.alloc(5000)),
  (response) => response.writeHead(200, { 'content-length': ARCHIVE_BYTES }).end(gzip),
  (response) => response.writeHead(200, { 'content-length': 5 }).end(gzip.subarray(0, 5)),
  (response) => response.writeHead(302, { location: '/again' }).end(),
  (response, { below }) => {
    response.writeHead(200, { 'content-length': ARCHIVE_BYTES });
    response.write(Buffer.concat([gzip, Buffer.alloc(below(100_000))]));
    setTimeout(() => response.destroy(), 20);
  },
  (response) => response.writeHead(206, { 'content-range': `bytes 9-10/${ARCHIVE_BYTES}` }).end('ab'),
  (response) => response.writeHead(200, { 'content-length': 'many' }).end(gzip),
  (response) => response.destroy(),
];

/**
 * Mirrors that lie, and no other way out: the download is refused in a sentence, and no image is made.
 *
 * @param {Context} context
 * @param {Random} random
 */
export const mirrors = async (context, random) => {
  const folder = await newFolder(context, `mirror-${random.below(1e9)}`);
  const lie = random.pick(lies);
  let requests = 0;
  const server = createServer((_, response) => {
    requests++;
    lie(response, random);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  try {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const ended = await command(
      ['data', 'fetch', '--dataset', 'cifar100', '--mirror', `http://127.0.0.1:${port}/a.tar.gz`],
      {
        cwd: folder,
        of: `a mirror that does ${lie}`,
        // Nothing listens on the port 9 of a proxy, so no other server is reached.
        env: {
          ...proxies('http://127.0.0.1:9'),
          NO_PROXY: '127.0.0.1',
          DROPOUT_LAB_CACHE: join(folder, 'cache'),
        },
      },
    );
    requireRefusal(ended, `a mirror that does ${lie}`);
    require(requests < 50, `a mirror that does ${lie}: asked ${requests} times`);
    require(!existsSync(
      join(folder, 'cache', 'cifar-100', 'train.bin'),
    ), `a mirror that does ${lie}: made images`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true });
  return { lies: 1, requests };
};

/** @param {string} address */
const proxies = (address) =>
  Object.fromEntries(
    ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy'].map((name) => [name, address]),
  );
