import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, isPlain, parseJson } from '@dropout-lab/contracts';
import { readTextFile, systemErrorSentence } from '@dropout-lab/files/node';
import { readRecordedStudy } from '../store/run-store.ts';
import { MOST_STUDY_BYTES } from '../store/study-record.ts';
import { shippedStudies } from './shipped.ts';
import { parseStudy, requireDistinct, type Study, type StudyInput } from './study.ts';

/** Where a study is run, and with which seeds. */
export interface LoadStudyOptions {
  /** The folder of the runs, which also remembers the studies that were run in it. */
  readonly store: string;
  /** In place of the study's own. */
  readonly seeds?: readonly number[] | undefined;
}

/** A study, checked, and as it was written. */
export interface LoadedStudy {
  readonly study: Study;
  /** With the seeds that it is run with: what the store is to remember. */
  readonly input: StudyInput;
}

/**
 * Finds a study: a file (`.ts`, `.js`, `.mjs`, `.json`), one that comes with dropout-lab, or one that was run in
 * this store before. Its seeds are those that are asked for, else those that it was last run with here, else its
 * own.
 *
 * @throws ConfigError when there is none, or it cannot be run.
 */
export const loadStudy = async (nameOrFile: string, options: LoadStudyOptions): Promise<LoadedStudy> => {
  const { store, seeds } = options;
  const written = await findStudy(nameOrFile, store);
  // Checked as written before anything is read of it.
  const { name } = parseStudy(written, nameOrFile);
  if (seeds) requireDistinct(seeds, '--seeds');
  const asked = seeds ?? (await readRecordedStudy(store, name))?.seeds;
  const input: StudyInput = { ...written, ...(asked ? { seeds: [...asked] } : {}) };
  return { study: parseStudy(input, nameOrFile), input };
};

const modules = ['.ts', '.mts', '.js', '.mjs'];

const findStudy = async (nameOrFile: string, store: string): Promise<StudyInput> => {
  const kind = extname(nameOrFile);
  if (kind === '.json') return parseJson(await readStudyFile(nameOrFile), nameOrFile) as StudyInput;
  if (modules.includes(kind)) return importStudy(nameOrFile);
  const shipped = shippedStudies.find(({ name }) => name === nameOrFile);
  const found = shipped ?? (await readRecordedStudy(store, nameOrFile));
  if (found) return found;
  throw new ConfigError(
    `${nameOrFile}: expected a study file (.ts, .js or .json), a study that was run in ${store}, or one of ${shippedStudies.map(({ name }) => name).join(', ')}`,
  );
};

/** @throws ConfigError when it cannot be read. */
const readStudyFile = async (file: string): Promise<string> => {
  try {
    return await readTextFile(file, { limit: MOST_STUDY_BYTES });
  } catch (cause) {
    throw new ConfigError(systemErrorSentence(cause, file, 'a file that can be read'), [], { cause });
  }
};

/** Node 20 runs no TypeScript; and a study file far from any node_modules is to find this package too. */
const importStudy = async (file: string): Promise<StudyInput> => {
  // A loader would wait for a named pipe, and read a device without end.
  await readStudyFile(file);
  // Only a file of TypeScript or JavaScript needs it, and it is large.
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, {
    moduleCache: false,
    alias: { '@dropout-lab/study': fileURLToPath(import.meta.resolve('@dropout-lab/study')) },
  });
  let study: StudyInput | undefined;
  try {
    study = await jiti.import<StudyInput | undefined>(resolve(file), { default: true });
  } catch (error) {
    throw new ConfigError(`${file}: cannot be loaded: ${(error as Error).message}`, [], { cause: error });
  }
  if (isPlain(study) && 'name' in study) return study;
  throw new ConfigError(`${file}: expected a study as its default export: export default defineStudy({ … })`);
};
