import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DropoutLabError } from '@dropout-lab/contracts';
import { sha256Sync } from '@dropout-lab/files';
import { cacheDirectory } from '@dropout-lab/files/node';
import { x } from 'tinyexec';

/** Returns the path of a file in keras/. */
export const kerasScript = (name: string): string =>
  fileURLToPath(new URL(`../keras/${name}`, import.meta.url));

const requirements = kerasScript('requirements.txt');

/** Oldest and newest minor version of Python 3 that the pinned Keras and TensorFlow are published for. */
const pythonMinor = { from: 11, to: 12 };

/**
 * Returns the interpreter of a virtual environment that has keras/requirements.txt, and makes the environment in the
 * cache folder when it is missing; other requirements get an environment of their own.
 *
 * @throws DropoutLabError when there is no Python of a suitable version, or the packages cannot be installed.
 */
export const preparePython = async (): Promise<string> => {
  const digest = sha256Sync(readFileSync(requirements)).slice(0, 12);
  const folder = join(cacheDirectory(), 'parity', `python-${digest}`);
  const python =
    process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;

  process.stderr.write(`parity: installing Keras into ${folder} …\n`);
  rmSync(folder, { recursive: true, force: true });
  await run(findPython(), ['-m', 'venv', folder]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  writeFileSync(complete, '');
  return python;
};

/** Runs a script in keras/. */
export const runScript = async (
  python: string,
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<void> => {
  await run(python, [kerasScript(script), ...args], environment);
};

/** Runs a script by its path, and returns its output on stdout. */
export const outputOf = (python: string, script: string): Promise<string> =>
  run(python, [script], {}, 'pipe');

/** Returns the Python that `PYTHON` names, else the first suitable one. */
const findPython = (): string => {
  const chosen = process.env['PYTHON'];
  const candidates = chosen ? [chosen] : ['python3.12', 'python3.11', 'python3', 'python'];
  const found = candidates.find((command) => {
    const { stdout } = spawnSync(command, ['-c', 'import sys; print(*sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    const [major, minor] = (stdout ?? '').split(' ').map(Number);
    return major === 3 && minor! >= pythonMinor.from && minor! <= pythonMinor.to;
  });
  if (found) return found;
  throw new DropoutLabError(
    `parity: expected Python 3.${pythonMinor.from} to 3.${pythonMinor.to} under one of the names ${candidates.join(', ')}, found none: install one, or name it in PYTHON`,
  );
};

/** Runs a command. Its output appears as it comes, except when `stdout` is returned. */
const run = async (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdout: 'inherit' | 'pipe' = 'inherit',
): Promise<string> => {
  const result = await x(command, [...args], { nodeOptions: { env, stdio: ['ignore', stdout, 'inherit'] } });
  if (result.exitCode === 0) return result.stdout;
  throw new DropoutLabError(
    `parity: ${command} ${args.join(' ')}: expected exit code 0, found ${result.exitCode}: the reason is above`,
  );
};
