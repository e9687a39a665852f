import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { published } from '../../scripts/workspaces.mjs';

/**
 * An entry of the lock file's `packages`, by where npm installs it.
 *
 * @typedef {{
 *   readonly version?: string,
 *   readonly license?: string,
 *   readonly link?: boolean,
 *   readonly resolved?: string,
 *   readonly dependencies?: Readonly<Record<string, string>>,
 *   readonly optionalDependencies?: Readonly<Record<string, string>>,
 *   readonly peerDependencies?: Readonly<Record<string, string>>,
 * }} Locked
 */

/** Where the licences are listed, as committed. */
export const licencesFile = join(repository, 'docs', 'licences.md');

/**
 * Licences that ask for no more than a notice; of LGPL only what is linked at run time, as sharp does with libvips; of
 * MPL only what is used as it comes, as resvg is.
 */
const accepted = new Set([
  ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Python-2.0'],
  ...['Unlicense', 'OFL-1.1', 'LGPL-3.0-or-later', 'MPL-2.0'],
]);

/** Licences whose own text was read, since package.json names none of the usual. */
const read = new Map([['h5wasm', 'NIST (public service; keep the notice)']]);

/**
 * @typedef {{ readonly name: string, readonly version: string, readonly licence: string | undefined }} Shipped
 * @returns {Promise<Shipped[]>} Everything that installing any published package can bring, on any platform, by name.
 */
const shipped = async () => {
  /** @type {Record<string, Locked>} */
  const locked = JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8')).packages;
  /** @param {string} from @param {string} name @returns {string | undefined} The place that Node would find. */
  const resolve = (from, name) => {
    for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
      const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
      const found = locked[place];
      if (found !== undefined) return found.link ? found.resolved : place;
      if (folder === '') return undefined;
    }
  };

  const ours = new Set(published.map(({ folder }) => folder));
  const places = new Set(ours);
  // A set that grows while it is walked: every place is visited once.
  for (const place of places) {
    const { dependencies, optionalDependencies, peerDependencies } = locked[place] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const found = resolve(place, name);
      if (found !== undefined) places.add(found);
    }
  }

  const found = [...places]
    .filter((place) => !ours.has(place))
    .map((place) => {
      const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const { version = '', license } = locked[place] ?? {};
      return { name, version, licence: read.get(name) ?? license };
    });
  const byKey = new Map(found.map((one) => [`${one.name}@${one.version}`, one]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
};

/** @returns {Promise<string>} The text of docs/licences.md. */
export const shippedLicences = async () => {
  const rows = (await shipped()).map(
    ({ name, version, licence }) => `| ${name} | ${version} | ${licence ?? 'unknown'} |`,
  );
  return `# Licences

dropout-lab itself is under the [MIT licence](../LICENSE). Installing its packages can bring these, as
package-lock.json has them; not all of them on every platform, nor for every package.
Written by \`npm run release:check -- --update\`.

| package | version | licence |
|---|---|---|
${rows.join('\n')}
`;
};

/** @returns {Promise<string[]>} */
export const licenceProblems = async () => {
  const unknown = (await shipped()).filter(
    ({ name, licence }) =>
      !read.has(name) &&
      (licence === undefined ||
        !licence
          .replace(/[()]/g, '')
          .split(/ AND /)
          .every((part) => accepted.has(part))),
  );
  const committed = (await readFile(licencesFile, 'utf8').catch(() => '')).replaceAll('\r\n', '\n');
  return [
    ...unknown.map(
      ({ name, version, licence }) =>
        `${name} ${version}: licence ${licence ?? 'unknown'} is not among those accepted`,
    ),
    ...(committed === (await shippedLicences())
      ? []
      : ['docs/licences.md is not of package-lock.json; npm run release:check -- --update writes it']),
  ];
};
