import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('..', import.meta.url));

/**
 * Starts `turbo run` for the whole repository, telemetry off, by Node itself: no shell, the same on Windows.
 *
 * @param {readonly string[]} args Tasks and options.
 * @param {import('node:child_process').StdioOptions} stdio
 */
export const spawnTurbo = (args, stdio) =>
  spawn(process.execPath, [findTurbo(), 'run', ...args], {
    cwd: repository,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    stdio,
  });

const findTurbo = () => {
  try {
    return createRequire(import.meta.url).resolve('turbo/bin/turbo');
  } catch {
    process.stderr.write('The dependencies are not installed: run `npm ci` first.\n');
    process.exit(1);
  }
};

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} Its exit code; 1 when a signal ended it.
 */
export const exitCodeOf = (child) =>
  new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
