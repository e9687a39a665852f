import { x } from 'tinyexec';

/**
 * Runs a program to its end: one on the PATH, of node_modules, or by its path.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options] `env` is added to this process's own.
 * @returns {Promise<string>} What it wrote to stdout.
 * @throws An Error with everything that it wrote, when it fails.
 */
export const run = async (program, args, options = {}) => {
  const { exitCode, stdout, stderr } = await x(program, [...args], {
    nodeOptions: { ...options, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  if (exitCode === 0) return stdout;
  throw new Error(
    `${[program, ...args].join(' ')}: expected exit code 0, found ${exitCode ?? 'a signal'}\n${stdout}${stderr}`,
  );
};
