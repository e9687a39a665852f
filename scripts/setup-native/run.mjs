import { basename } from 'node:path';
import { x } from 'tinyexec';

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
export const run = async (command, args, { cwd, env, limitSeconds, complaint = /\S/ }) => {
  const child = x(command, [...args], {
    nodePath: false,
    nodeOptions: { ...(cwd && { cwd }), ...(env && { env }), detached, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const stop = () => stopGroup(child.pid);
  process.once('exit', stop);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, 1000 * limitSeconds);

  const name = basename(command);
  try {
    const { exitCode, stdout, stderr } = await child;
    if (isLate) throw new CommandError(`${name} was stopped after ${limitSeconds} s`);
    if (exitCode === 0) return stdout;
    const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
    const why = lines.findLast((line) => complaint.test(line) && line !== '');
    throw new CommandError(why ?? `${name} ended with ${child.signalCode ?? `exit code ${exitCode}`}`);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${name}: ${/** @type {Error} */ (error).message}`);
  } finally {
    clearTimeout(timer);
    process.off('exit', stop);
  }
};

/** @param {number | undefined} pid */
const stopGroup = (pid) => {
  if (pid === undefined) return;
  try {
    process.kill(detached ? -pid : pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
};
