import type { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { createReporter } from '../command/reporter.ts';
import { callCli, startCli } from '../command/testing.ts';
import { viewCommand } from './view-command.ts';

const folder = temporaryFolder();
const started: ReturnType<typeof spawn>[] = [];

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** Starts the viewer, and waits until it says where it is. */
const startView = async (cwd: string, ...args: readonly string[]) => {
  const view = startCli(['view', ...args, '--port', '0', '--no-open'], cwd);
  started.push(view.child);
  const url = () => /http:\S+/.exec(view.lines.join('\n'))?.[0];
  await expect.poll(url, { timeout: 30_000 }).toBeDefined();
  return { ...view, url: url()! };
};

const refusals: [string, (path: string) => unknown, RegExp][] = [
  ['no folder', () => {}, /no such file or directory/],
  ['a file', (path) => writeFile(path, '{}'), /not a directory/],
  ['a link to nothing', (path) => symlink('nothing', path), /no such file or directory/],
  ['a link to itself', (path) => symlink('x', join(path, '..', 'x')).then(() => symlink('x', path)), /ELOOP/],
];

test.each(refusals)('%s in the place of the runs is refused in a sentence', async (_, make, reason) => {
  const cwd = temporaryFolder();
  await make(join(cwd, 'given'));
  for (const options of [[], ['--export', 'site']]) {
    const { code, stdout, stderr } = await callCli(['view', 'given', '--no-open', ...options], { cwd });
    expect(stderr).toMatch(reason);
    expect(stderr).toMatch(/^dropout-lab: given: expected a folder of runs, but .*\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  }
});

test.skipIf(process.getuid?.() === 0)('a folder that may not be read is refused in a sentence', async () => {
  const cwd = temporaryFolder();
  await mkdir(join(cwd, 'given'));
  await chmod(join(cwd, 'given'), 0);
  const { code, stderr } = await callCli(['view', 'given', '--no-open'], { cwd });
  expect(stderr).toMatch(/^dropout-lab: given: expected a folder of runs, but .*permission denied/);
  expect(code).toBe(2);
});

test.each([
  ['--allow-host', 'http://lab.example'],
  ['--allow-host', 'lab.example', '--allow-host', '*'],
  ['--host', '192.0.2.1'],
  ['--export', 'full'],
  ['--export', 'file'],
  ['--export', 'file/below'],
  ['--export', 'loop'],
  ['--export', '/proc/below'],
])('what cannot be is refused in a sentence: %s %s', async (...options) => {
  await mkdir(join(folder, 'full', 'of'), { recursive: true });
  await writeFile(join(folder, 'file'), '');
  await rm(join(folder, 'loop'), { force: true });
  await symlink('loop', join(folder, 'loop'));
  await mkdir(join(folder, 'runs'), { recursive: true });
  const { code, stdout, stderr } = await callCli(['view', '--no-open', ...options], { cwd: folder });
  expect(stderr).toMatch(/^dropout-lab: .*: expected [^\n]*\n$/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test('an empty folder, and the default one before the first run, are shown as having no runs', async () => {
  const cwd = temporaryFolder();
  await mkdir(join(cwd, 'empty'));
  for (const args of [['empty'], []]) {
    const { child, lines, ended } = await startView(cwd, ...args);
    expect(lines[0]).toBe(
      `There are no runs in ${args[0] ?? 'runs'} yet: the pages show some that ship with them.`,
    );
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  }
});

test('an interruption while the viewer starts ends it', async () => {
  const reporter = { ...createReporter({ json: false }), line: vi.fn() };
  // At its first steps, and before it.
  for (const steps of [0, 1, 2, 5, 20]) {
    const controller = new AbortController();
    const view = viewCommand(temporaryFolder(), { port: 0, open: false }, reporter, controller.signal);
    for (let step = 0; step < steps; step++) await new Promise(setImmediate);
    controller.abort();
    expect(await view).toBe(0);
  }
  const before = viewCommand(temporaryFolder(), { port: 0, open: false }, reporter, AbortSignal.abort());
  expect(await before).toBe(0);
});

test('is served under the names that are allowed', async () => {
  const { url, child, ended } = await startView(
    folder,
    '--allow-host',
    'lab.example',
    '--allow-host',
    'gateway',
  );
  const statusOf = (host: string): Promise<number> =>
    new Promise((resolve, reject) => {
      request(url, { headers: { Host: host } }, (response) => {
        response.resume();
        resolve(response.statusCode!);
      })
        .on('error', reject)
        .end();
    });
  expect(await Promise.all(['lab.example:8080', 'gateway', 'evil.example'].map(statusOf))).toEqual([
    200, 200, 421,
  ]);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the viewer, whoever reads its changes, does not, or has left',
  async (signal) => {
    const { url, child, ended } = await startView(folder);
    const { hostname, port } = new URL(url);
    const ask = async () => {
      const socket = connect(Number(port), hostname).on('error', () => {});
      await once(socket, 'connect');
      socket.write(`GET /live HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
      return socket;
    };
    // Some leave at once, some after the first bytes, some stay and read, and some stay and do not.
    for (let i = 0; i < 20; i++) (await ask()).destroy();
    for (let i = 0; i < 5; i++) {
      const socket = await ask();
      await once(socket, 'data');
      if (i % 2 === 0) socket.destroy();
      else socket.pause();
    }
    (await ask()).pause();
    const reader = await ask();
    await once(reader, 'data');
    child.kill(signal);
    expect(await ended).toBe(0);
  },
);
