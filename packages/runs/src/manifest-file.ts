import {
  configDifferences,
  parseRunManifest,
  RUN_SCHEMA_VERSION,
  type RunManifest,
} from '@dropout-lab/contracts';
import { RunChangedError } from './errors.ts';
import { parseJson, toJson } from './files/json.ts';
import { brokenSealOf, sealed } from './files/seal.ts';

/** Returns the text of a `run.json`, with its own digest in it. */
export const encodeManifest = async (manifest: RunManifest): Promise<string> =>
  toJson(await sealed(manifest));

/**
 * Reads the text of a `run.json` of this version or an older one, and compares it with its digest, where it has one.
 *
 * @param where The file, for errors.
 * @param written Returns what was written once, as far as it is known from elsewhere, to name what differs.
 * @throws RunDirectoryError when the text is no JSON.
 * @throws RunChangedError when it is not as it was written.
 * @throws ConfigError when it is no manifest, or one of a newer version.
 */
export const decodeManifest = async (
  text: string,
  where: string,
  written: () => Promise<RunManifest | undefined> = async () => undefined,
): Promise<RunManifest> => {
  const content = parseJson(text, where);
  const broken = await brokenSealOf(content, RUN_SCHEMA_VERSION);
  if (broken === undefined) return parseRunManifest(content, where);
  const before = await written();
  const differences = before ? differencesInWords(before, content, where) : '';
  throw new RunChangedError(
    `${where}: expected the content that was written (${broken.expected}), found another (${broken.found})${differences === '' ? '' : `: ${differences}`}; restore the file from a copy, or start a new run`,
  );
};

/** Returns the settings and circumstances that decide a run's numbers, apart from how long it is trained. */
const decisiveOf = ({ config, backend, data, importedFrom }: RunManifest) => {
  const { epochs: _, ...settings } = config;
  return {
    config: settings,
    backend: {
      name: backend.name,
      workers: backend.workers,
      kernels: { build: backend.kernels?.build ?? 'plain' },
    },
    data,
    importedFrom: importedFrom ?? null,
  };
};

/** Refuses a manifest with which a checkpoint was not trained. @throws RunChangedError that names what differs. */
export const requireTrainedWith = (trained: RunManifest, manifest: RunManifest, where: string): void => {
  const differences = inWords(decisiveOf(trained), decisiveOf(manifest));
  if (differences === '') return;
  throw new RunChangedError(
    `${where}: expected a checkpoint of this run, but it was trained with other settings than those in run.json: ${differences}; restore run.json from a copy, or start a new run`,
  );
};

/** Everything that differs, in a manifest that was changed. */
const differencesInWords = (before: RunManifest, content: unknown, where: string): string => {
  try {
    return inWords(before, parseRunManifest(content, where));
  } catch (error) {
    return (error as Error).message.replace(`${where}: `, '');
  }
};

const MOST_DIFFERENCES = 4;

/** `config.seed is 1 instead of 0`; empty when there is no difference. */
const inWords = (before: unknown, now: unknown): string => {
  const all = configDifferences([before, now]);
  const named = all
    .slice(0, MOST_DIFFERENCES)
    .map(({ path, values: [was, is] }) => `${path} is ${valueInWords(is)} instead of ${valueInWords(was)}`);
  return [...named, ...(all.length > named.length ? [`and ${all.length - named.length} more`] : [])].join(
    ', ',
  );
};

const valueInWords = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};
