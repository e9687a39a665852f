import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../scripts/run.mjs';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { published } from '../../scripts/workspaces.mjs';

/** The committed list of licences. */
export const licencesFile = join(repository, 'docs', 'licences.md');

/**
 * Licences that require no more than a notice; LGPL only for libraries linked at run time, as sharp links libvips; MPL
 * only for packages that are used unchanged, such as resvg.
 */
const accepted = new Set([
  ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Python-2.0'],
  ...['Unlicense', 'OFL-1.1', 'LGPL-3.0-or-later', 'MPL-2.0'],
]);

/** Packages whose licence was read as a text, since package.json names no usual one. */
const read = new Map([['h5wasm', 'NIST (public service; keep the notice)']]);

/**
 * @param {string} selector
 * @returns {Promise<{ name: string, version: string, license?: string, location: string, dev: boolean }[]>}
 */
const query = async (selector) =>
  JSON.parse(await run('npm', ['query', '--package-lock-only', selector], { cwd: repository }));

/**
 * Lists everything that installing any published package can bring, on any platform, by name, as npm itself reads the
 * lock file. Licence checkers read node_modules, which has only this platform's packages, and do not look into workspaces.
 */
const shipped = async () => {
  const peers = new Set(published.flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {})));
  const ofPeers = [...peers].flatMap((name) => [`[name="${name}"]`, `[name="${name}"] *`]);
  const all = [
    ...(await query('*')).filter(({ dev }) => !dev),
    // To npm an optional peer that is here is a development dependency.
    ...(await query(ofPeers.join(', '))),
  ];
  const rows = all
    .filter(({ location }) => location.includes('node_modules/'))
    .map(({ name, version, license }) => ({
      name,
      version,
      licence: read.get(name) ?? license ?? 'unknown',
    }));
  const byKey = new Map(rows.map((row) => [`${row.name}@${row.version}`, row]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
};

/** @typedef {Awaited<ReturnType<typeof shipped>>} Shipped */

/** @param {Shipped} rows @returns {string} The text of docs/licences.md. */
const textOf = (rows) => `# Licences

dropout-lab itself is under the [MIT licence](../LICENSE). Installing its packages can bring these, as
package-lock.json has them; not all of them on every platform, nor for every package.
Written by \`npm run release:check -- --update\`.

| package | version | licence |
|---|---|---|
${rows.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |\n`).join('')}`;

/** @returns {Promise<string>} The text of docs/licences.md. */
export const shippedLicences = async () => textOf(await shipped());

/** @param {string} licence An SPDX expression; every part has to be accepted, which is stricter than OR needs. */
const isAccepted = (licence) =>
  licence.split(/[()]| AND | OR /).every((part) => part === '' || accepted.has(part));

/** @returns {Promise<string[]>} */
export const licenceProblems = async () => {
  const rows = await shipped();
  const committed = (await readFile(licencesFile, 'utf8').catch(() => '')).replaceAll('\r\n', '\n');
  return [
    ...rows
      .filter(({ name, licence }) => !read.has(name) && !isAccepted(licence))
      .map(
        ({ name, version, licence }) => `${name} ${version}: licence ${licence} is not among those accepted`,
      ),
    ...(committed === textOf(rows)
      ? []
      : ['docs/licences.md is not of package-lock.json; npm run release:check -- --update writes it']),
  ];
};
