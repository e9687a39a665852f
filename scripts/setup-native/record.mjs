import { readdir, writeFile } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { digestOfFile } from '@dropout-lab/files/node';
import { packageFolder } from './packages.mjs';

/**
 * Records the installation: writes `setup.json`, and `SHA256SUMS` of all native files, which
 * `sha256sum --check SHA256SUMS` in that folder verifies.
 *
 * @param {string} project
 * @param {Readonly<Record<string, string>>} origin
 */
export const writeRecord = async (project, origin) => {
  const record = { ...origin, date: new Date().toISOString() };
  await writeFile(join(project, 'setup.json'), `${JSON.stringify(record, null, 2)}\n`);
  await writeFile(join(project, 'SHA256SUMS'), await checksums(project));
};

/** @param {string} project */
const checksums = async (project) => {
  const lines = [];
  for (const folder of ['deps', 'lib'].map((name) => join(packageFolder(project), name))) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const { name, parentPath, path } of entries.filter((entry) => entry.isFile())) {
      const file = join(parentPath ?? path, name);
      lines.push(
        `${await digestOfFile(file, 'sha256')}  ${relative(project, file).replaceAll(sep, posix.sep)}\n`,
      );
    }
  }
  return lines.join('');
};
