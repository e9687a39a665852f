import { access, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError, type RunConfig } from '@dropout-lab/contracts';
import {
  isNotFound,
  makeFolder,
  readTextFile,
  systemErrorSentence,
  writeDurably,
} from '@dropout-lab/files/node';
import { configDigest, isUnfinished, readHistory, runFiles, runStatus } from '@dropout-lab/runs';
import { openRunDirectory } from '@dropout-lab/runs/node';
import type { PlannedRun } from '../study/plan.ts';
import { nameSchema, type StudyInput } from '../study/study.ts';
import {
  MOST_STUDY_BYTES,
  RECORD_ADVICE,
  readStudyRecord,
  STUDY_RECORD,
  writeStudyRecord,
} from './study-record.ts';
import type { RunState, StudyRun } from './study-run.ts';

/** The folder of a new run in a store, named by its configuration. */
export const runPath = (store: string, config: RunConfig): string => join(store, nameOf(config));

const nameOf = (config: RunConfig): string => configDigest(config).slice(0, NAME_LENGTH);

const NAME_LENGTH = 16;

/** Whether a folder is named as stores name their runs, by the configuration, which must then stay as it is. */
export const isNamedByConfig = (path: string): boolean =>
  new RegExp(`^[0-9a-f]{${NAME_LENGTH}}$`).test(basename(path));

/**
 * The folder of a run in a store: studies that have a run in common share it, and a run that is there is never trained
 * again. Runs of an older version were named otherwise; they are known by their configuration.
 */
export const findRun = async (store: string, config: RunConfig): Promise<string> =>
  (await findRuns(store, [config]))[0]!;

/** The same of several runs, each store's folders looked at once. */
const findRuns = async (store: string, configs: readonly RunConfig[]): Promise<string[]> => {
  const paths = configs.map((config) => runPath(store, config));
  const isThere = await Promise.all(paths.map((path) => exists(join(path, runFiles.manifest))));
  if (isThere.every(Boolean)) return paths;
  const older = await runsOfOtherNames(store);
  return paths.map((path, i) => (isThere[i] ? path : (older.get(nameOf(configs[i]!)) ?? path)));
};

/** So many folders are read at once: a store may have thousands, and a process few open files. */
const AT_ONCE = 32;

/**
 * The runs in a store that are not named as this version would name them, by the name that it would give.
 *
 * @throws RunDirectoryError, ConfigError on a run that is damaged or of a newer version: it may be one that is looked for.
 */
const runsOfOtherNames = async (store: string): Promise<Map<string, string>> => {
  const folders = await readdir(store, { withFileTypes: true }).catch(() => []);
  const paths = folders
    .filter((entry) => entry.isDirectory() && !isUnfinished(entry.name))
    .map(({ name }) => join(store, name));
  const runs = new Map<string, string>();
  for (let start = 0; start < paths.length; start += AT_ONCE) {
    await Promise.all(
      paths.slice(start, start + AT_ONCE).map(async (path) => {
        if (!(await exists(join(path, runFiles.manifest)))) return;
        runs.set(nameOf((await openRunDirectory(path)).manifest.config), path);
      }),
    );
  }
  return runs;
};

/** Reads how far a run of a study has come. @throws RunDirectoryError, ConfigError when its files are damaged. */
export const readStudyRun = async (store: string, planned: PlannedRun): Promise<StudyRun> => {
  return readRunAt(await findRun(store, planned.config), planned);
};

const readRunAt = async (path: string, planned: PlannedRun): Promise<StudyRun> => {
  const about = { ...planned, path };
  if (!(await exists(join(path, runFiles.manifest)))) {
    return { ...about, state: 'missing', history: [], manifest: undefined, evaluation: undefined };
  }
  const reader = await openRunDirectory(path);
  const { events, gaps } = await reader.readEvents();
  const evaluation = await reader.readEvaluation();
  const status = runStatus(events);
  const state = ((): RunState => {
    if ((status === 'completed' || status === 'early_stopping') && evaluation) return 'finished';
    if (status === 'nan') return 'diverged';
    return reader.isBeingWritten() ? 'running' : 'stopped';
  })();
  const history = readHistory(events);
  return { ...about, state, history, gaps, manifest: reader.manifest, evaluation };
};

/** All runs of a plan, in its order. */
export const readStudyRuns = async (store: string, plan: readonly PlannedRun[]): Promise<StudyRun[]> => {
  const paths = await findRuns(
    store,
    plan.map(({ config }) => config),
  );
  return Promise.all(plan.map((planned, i) => readRunAt(paths[i]!, planned)));
};

/**
 * Reads what finished runs answered to each image, by which their models are compared: some hundred kilobytes each.
 *
 * @throws RunDirectoryError, ConfigError when such a file is damaged.
 */
export const withPredictions = async (runs: readonly StudyRun[]): Promise<StudyRun[]> => {
  const read: StudyRun[] = [];
  for (let start = 0; start < runs.length; start += AT_ONCE) {
    const some = runs.slice(start, start + AT_ONCE).map(async (run) => {
      if (run.state !== 'finished') return run;
      return { ...run, predictions: await (await openRunDirectory(run.path)).readPredictions() };
    });
    read.push(...(await Promise.all(some)));
  }
  return read;
};

const recordPath = (store: string, name: string): string => join(store, `${name}${STUDY_RECORD}`);

/** Notes what study was run with what seeds, for its status and report. */
export const recordStudy = async (store: string, study: StudyInput): Promise<void> => {
  await makeFolder(store);
  writeDurably(recordPath(store, study.name), writeStudyRecord(study));
};

/** The study as it was last run in a store; undefined when none of that name was. */
export const readRecordedStudy = async (store: string, name: string): Promise<StudyInput | undefined> => {
  // A name with folders in it would lead out of the store.
  if (!nameSchema.safeParse(name).success) return undefined;
  const path = recordPath(store, name);
  const text = await readRecord(path);
  return text === undefined ? undefined : readStudyRecord(text, path);
};

const readRecord = async (path: string): Promise<string | undefined> => {
  try {
    return await readTextFile(path, { limit: MOST_STUDY_BYTES });
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw new ConfigError(systemErrorSentence(cause, path, 'the study as it was run', RECORD_ADVICE), [], {
      cause,
    });
  }
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
