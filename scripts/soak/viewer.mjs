import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { cli, newFolder, require } from './context.mjs';

/** @typedef {import('./context.mjs').Context} Context @typedef {import('./context.mjs').Random} Random */

const files = [
  'run.lock',
  'run.json',
  'events.jsonl',
  'evaluation.json',
  'predictions.json',
  'history.csv',
  'checkpoints',
];

/** Things in the place of a run's file. @type {readonly ((path: string) => unknown)[]} */
const places = [
  (path) => mkdir(path),
  (path) => symlink(path, path),
  (path) => symlink('/dev/zero', path),
  (path) => symlink('/etc', path),
  (path) => execFileSync('mkfifo', [path]),
  (path) => writeFile(path, '[1]\n'.repeat(100_000)),
  async (path) => {
    await writeFile(path, '{');
    await truncate(path, 3 * 2 ** 30);
  },
];

const LONGEST_END_MS = 3000;
const MOST_MEMORY = 700 * 2 ** 20;

/**
 * Clients that leave and clients that never read, runs whose files are none: the viewer shows the other runs, and ends
 * when it is asked to.
 *
 * @param {Context} context
 * @param {Random} random
 */
export const disconnects = async (context, random) => {
  const runs = await newFolder(context, `viewed-${random.below(1e9)}`);
  for (const name of ['good', 'bad-1', 'bad-2'])
    await cp(context.whole, join(runs, name), { recursive: true });
  const bad = [1, 2].map((n) => join(runs, `bad-${n}`, random.pick(files)));
  for (const path of bad) {
    await rm(path, { recursive: true, force: true });
    await mkdir(dirname(path), { recursive: true });
    await random.pick(places)(path);
  }
  const child = spawn(process.execPath, [cli, 'view', runs, '--port', '0', '--no-open'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const url = await addressOf(child);
    let clients = 0;
    /** @type {import('node:http').ClientRequest[]} */
    const slow = [];
    for (; clients < 40; clients++) {
      const request = get(`${url}live`).on('error', () => {});
      if (random.below(4) === 0) slow.push(request.on('response', (response) => response.pause()));
      else setTimeout(() => request.destroy(), random.below(20));
      await after(random.below(10));
    }
    const answer = await fetch(`${url}runs/catalogue.json`, { signal: AbortSignal.timeout(20_000) });
    require(answer.status === 200, `the catalogue beside ${bad}: expected 200, found ${answer.status}`);
    const text = await answer.text();
    require(text.includes('"good"'), `the catalogue beside ${bad}: the good run is missing`);
    const memory = await residentMemory(/** @type {number} */ (child.pid));
    require(memory < MOST_MEMORY, `the viewer beside ${bad}: takes ${Math.round(memory / 2 ** 20)} MiB`);
    const asked = performance.now();
    child.kill('SIGTERM');
    await Promise.race([once(child, 'exit'), after(LONGEST_END_MS)]);
    require(child.exitCode !== null ||
      child.signalCode !== null, `the viewer beside ${bad}: does not end at SIGTERM`);
    for (const request of slow) request.destroy();
    await rm(runs, { recursive: true });
    return {
      clients,
      'hostile files': bad.length,
      viewers: 1,
      'slowest end, ms': Math.round(performance.now() - asked),
    };
  } finally {
    child.kill('SIGKILL');
  }
};

/** @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child */
const addressOf = async (child) => {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      said += `${line}\n`;
    });
  for (let waited = 0; waited < 60_000; waited += 20) {
    const url = /http:\/\/\S+\//.exec(said)?.[0];
    if (url !== undefined) return url;
    require(child.exitCode === null, `the viewer ended before it served:\n${said}`);
    await after(20);
  }
  throw new Error(`the viewer gave no address: ${said}`);
};

/** In bytes; 0 where the system has no /proc. @param {number} pid */
const residentMemory = async (pid) => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
};
