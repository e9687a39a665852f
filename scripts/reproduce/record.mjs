import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  hardwareInWords,
  parseJson,
  parseRunConfigAt,
  parseRunManifest,
  runConfigSchema,
  withoutDefaults,
} from '@dropout-lab/contracts';
import { repository } from '../spawn-turbo.mjs';

/** The histories that can be reproduced, a folder each. */
export const HISTORIES = 'docs/results/reproducible';

/**
 * The run that a history is of, and its epochs.
 *
 * @typedef {object} RecordedHistory
 * @property {1} schemaVersion
 * @property {Record<string, unknown>} config What differs from the defaults of the version that made it.
 * @property {number} trainImages
 * @property {string} backend
 * @property {string} commit
 * @property {string} machine In words.
 * @property {Record<string, string>} versions
 * @property {string} createdAt ISO 8601.
 * @property {readonly string[]} rows Lines of `history.csv`, one for each epoch, with all digits.
 */

/** Reported in one sentence, without a stack. */
export class ReproduceError extends Error {}

/** @param {string} folder @param {string} name */
const fileIn = (folder, name) => join(folder, name);

/** Returns the lines of a `history.csv` after its header. @param {string} path */
export const rowsOf = (path) => readFileSync(path, 'utf8').trim().split(/\r?\n/).slice(1);

/** @param {string} name @returns {RecordedHistory} @throws ReproduceError where there is none of that name. */
export const readHistory = (name, root = join(repository, HISTORIES)) => {
  const known = existsSync(root)
    ? readdirSync(root).filter((entry) => existsSync(join(root, entry, 'run.json')))
    : [];
  if (!known.includes(name))
    throw new ReproduceError(
      `expected the name of a history in ${HISTORIES} (${known.join(', ')}), received "${name}"`,
    );
  const path = fileIn(join(root, name), 'run.json');
  const record = /** @type {Omit<RecordedHistory, 'rows'>} */ (parseJson(readFileSync(path, 'utf8'), path));
  if (record.schemaVersion !== 1)
    throw new ReproduceError(`${path}: expected schemaVersion 1, found ${record.schemaVersion}`);
  return { ...record, rows: rowsOf(fileIn(join(root, name), 'history.csv')) };
};

/**
 * Keeps the history of a run, so that others can reproduce it.
 *
 * @param {string} name
 * @param {string} run Its directory.
 * @throws ReproduceError of a run whose digits depend on the machine or on how many replicas it had.
 */
export const recordRun = (name, run, root = join(repository, HISTORIES)) => {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new ReproduceError(`expected a name of lower-case letters, digits and dashes, received "${name}"`);
  const path = fileIn(run, 'run.json');
  if (!existsSync(path))
    throw new ReproduceError(`${run}: expected a run directory, found no run.json in it`);
  const manifest = parseRunManifest(parseJson(readFileSync(path, 'utf8'), path), path);
  const { backend } = manifest;
  const isFixed = ['wasm', 'cpu'].includes(backend.name) && backend.kernels?.build !== 'fma';
  if (!isFixed) {
    throw new ReproduceError(
      `${run}: expected a run on wasm with plain kernels, or on cpu, whose digits are the same everywhere, found ${backend.description}`,
    );
  }
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const record = {
    schemaVersion: 1,
    config: withoutDefaults(runConfigSchema, manifest.config) ?? {},
    trainImages: manifest.data.trainImages,
    backend: backend.name,
    commit: manifest.commit ?? 'not a checkout',
    machine: hardwareInWords(manifest.hardware),
    versions: manifest.versions,
    createdAt: manifest.createdAt,
  };
  writeFileSync(fileIn(folder, 'run.json'), `${JSON.stringify(record, null, 2)}\n`);
  writeFileSync(fileIn(folder, 'history.csv'), readFileSync(fileIn(run, 'history.csv')));
};

/** Returns the whole configuration of a history. @param {RecordedHistory} history */
export const configOf = ({ config }) => parseRunConfigAt(config, 'run.json: config');
