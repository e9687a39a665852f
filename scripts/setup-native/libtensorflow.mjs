import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder } from './packages.mjs';
import { CommandError, run } from './run.mjs';

/** The version of TensorFlow on which parity/ runs Keras, so that both compute with the same library. */
const VERSION = '2.18.1';

/** The wheels with libtensorflow for processors alone; for arm64 there is only one kind. */
const wheels = /** @type {const} */ ({
  'linux-x64': {
    name: 'tensorflow-cpu',
    platform: 'manylinux_2_17_x86_64',
    sha256: '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298',
  },
  'linux-arm64': {
    name: 'tensorflow',
    platform: 'manylinux_2_17_aarch64',
    sha256: '8a6485edd2148f70d011dbd1d8dc2c775e91774a5a159466e83d0d1f21580944',
  },
});

/** Any version that has a wheel: the files that are taken out of it do not depend on Python. */
const PYTHON_VERSION = '3.11';

const DOWNLOAD_LIMIT_SECONDS = 1800;
const UNPACK_LIMIT_SECONDS = 300;

/**
 * @typedef {object} Libtensorflow
 * @property {string} from Its origin in words.
 * @property {readonly string[]} libraries Its files, which the addon is linked with.
 * @property {string} headers The folder of its C headers.
 */

/**
 * Puts libtensorflow where the addon looks for it: `deps/lib` of the package. The user's pip (index, proxy, certificates)
 * fetches the wheel, and refuses one with another SHA-256 than ours.
 *
 * @param {import('./tools.mjs').Tools} tools
 * @param {string} project
 * @param {string} staging Takes the wheel, and the headers.
 * @returns {Promise<Libtensorflow>}
 * @throws CommandError
 */
export const fetchLibtensorflow = async ({ target, python }, project, staging) => {
  const wheel = wheels[/** @type {keyof typeof wheels} */ (target)];
  const folder = join(staging, 'wheel');
  await mkdir(folder);
  const requirements = join(staging, 'requirements.txt');
  await writeFile(requirements, `${wheel.name}==${VERSION} --hash=sha256:${wheel.sha256}\n`);
  await runPython(
    python,
    [
      ...['-m', 'pip', 'download', '--require-hashes', '--requirement', requirements, '--dest', folder],
      ...['--no-deps', '--only-binary=:all:', '--implementation=cp', `--python-version=${PYTHON_VERSION}`],
      ...[`--platform=${wheel.platform}`, '--disable-pip-version-check', '--no-input'],
    ],
    DOWNLOAD_LIMIT_SECONDS,
  );
  const [file] = await readdir(folder);
  if (file === undefined) throw new CommandError('pip download: expected a wheel, found none');

  const libraryFolder = join(packageFolder(project), 'deps', 'lib');
  const headers = join(staging, 'headers');
  const unpack = fileURLToPath(new URL('unpack_wheel.py', import.meta.url));
  await runPython(python, [unpack, join(folder, file), libraryFolder, headers], UNPACK_LIMIT_SECONDS);
  const libraries = (await readdir(libraryFolder)).map((name) => join(libraryFolder, name));
  return { from: `${file} (sha256 ${wheel.sha256})`, libraries, headers };
};

/**
 * @param {readonly string[]} python
 * @param {readonly string[]} args
 * @param {number} limitSeconds
 */
const runPython = ([command, ...first], args, limitSeconds) =>
  run(/** @type {string} */ (command), [...first, ...args], { limitSeconds, complaint: /Error: |ERROR: / });
