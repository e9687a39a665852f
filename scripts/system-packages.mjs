import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';

/**
 * Returns the path of a program that tests need and npm cannot install: finds it, or installs it by apt-get where this
 * process may (as root, on Debian and its descendants). Otherwise says in one line on stderr what to install.
 *
 * @param {string} program Its name on the PATH, such as `redis-server`.
 * @param {{ debian: string, elsewhere: string }} packages The Debian package, and what to do on other systems.
 * @returns {Promise<string | undefined>} Undefined where it is not available: tests that need it must be skipped.
 */
export const systemProgram = async (program, { debian, elsewhere }) => {
  const found = await findOnPath(program);
  if (found !== undefined) return found;
  const problem = await install(debian);
  const installed = problem === undefined ? await findOnPath(program) : undefined;
  if (installed === undefined) {
    const why = problem ?? `the package ${debian} does not contain it`;
    process.stderr.write(
      `${program} is not installed (${why}): apt-get install ${debian}, or ${elsewhere}\n`,
    );
  }
  return installed;
};

/** @param {string} program @returns {Promise<string | undefined>} */
const findOnPath = async (program) => {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const path = join(folder, process.platform === 'win32' ? `${program}.exe` : program);
    if (await canExecute(path)) return path;
  }
  return undefined;
};

/** @param {string} path */
const canExecute = (path) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** @param {string} name @returns {Promise<string | undefined>} Why it could not be installed. */
const install = async (name) => {
  if ((await findOnPath('apt-get')) === undefined) return 'there is no apt-get here';
  if (process.getuid?.() !== 0) return 'only root may install it';
  // Another apt-get may be running, for other tests of the same run.
  const aptGet = (/** @type {string[]} */ ...args) =>
    run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=2', ...args], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
  try {
    await aptGet('update');
    await aptGet('install', '--yes', '--no-install-recommends', name);
    return undefined;
  } catch (error) {
    return String(/** @type {Error} */ (error).message).split('\n')[0];
  }
};
