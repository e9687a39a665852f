import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** npm's own script: the one running us, or the one beside Node (where Windows keeps it). */
const npmScript = () => {
  const running = process.env['npm_execpath'] ?? '';
  const candidates = [
    ...(/^npm-cli\.[cm]?js$/.test(basename(running)) ? [running] : []),
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = candidates.find((path) => existsSync(path));
  if (script === undefined)
    throw new Error('expected npm to be beside Node, found none: start this with `npm run`');
  return script;
};

/**
 * @typedef {{
 *   readonly cwd: string,
 *   readonly env?: NodeJS.ProcessEnv | undefined,
 *   readonly failing?: boolean | undefined,
 * }} RunOptions `failing`: a non-zero exit code is an answer, not an error.
 */

/**
 * Runs a program to its end, without a shell.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<{ stdout: string, stderr: string, code: number | null }>}
 * @throws An Error with everything it printed when it fails.
 */
export const run = (program, args, { cwd, env = process.env, failing = false }) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || failing) resolve({ stdout, stderr, code });
      else
        reject(
          new Error(
            `${[basename(program), ...args].join(' ')} in ${cwd} ended with ${code}\n${stdout}${stderr}`,
          ),
        );
    });
  });

/** @param {readonly string[]} args @param {RunOptions} options */
export const node = (args, options) => run(process.execPath, args, options);

/** @param {readonly string[]} args @param {RunOptions} options */
export const npm = (args, options) => node([npmScript(), ...args], options);
