import { spawn } from 'node:child_process';
import { basename } from 'node:path';

/** A command that failed; the message is its own complaint, in one line. */
export class CommandError extends Error {
  /** @override */
  name = 'CommandError';
}

/** Whether a command gets its own process group, so that the processes that it starts end with it; Windows has none. */
const detached = process.platform !== 'win32';

/**
 * Runs a command to its end and returns its output on stdout.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, limitSeconds: number, complaint?: RegExp }} options
 *   `complaint` finds the line that says why it failed; the last line of stderr by default.
 * @returns {Promise<string>}
 * @throws CommandError when it cannot be started, fails, or takes longer than the limit.
 */
export const run = (command, args, { cwd, env = process.env, limitSeconds, complaint = /\S/ }) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, detached, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => stopGroup(child);
    process.once('exit', stop);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      stop();
    }, 1000 * limitSeconds);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });

    /** @type {(settle: () => void) => void} */
    const settle = (outcome) => {
      clearTimeout(timer);
      process.off('exit', stop);
      outcome();
    };
    const name = basename(command);
    child.on('error', ({ message }) => settle(() => reject(new CommandError(`${name}: ${message}`))));
    child.on('close', (code, signal) =>
      settle(() => {
        if (isLate) return reject(new CommandError(`${name} was stopped after ${limitSeconds} s`));
        if (code === 0) return resolve(stdout);
        const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
        const why = lines.findLast((line) => complaint.test(line) && line !== '');
        reject(new CommandError(why ?? `${name} ended with ${signal ?? `exit code ${code}`}`));
      }),
    );
  });

/** @param {import('node:child_process').ChildProcess} child */
const stopGroup = (child) => {
  if (child.pid === undefined) return;
  try {
    process.kill(detached ? -child.pid : child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
};
