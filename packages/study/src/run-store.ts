import { createHash } from 'node:crypto';
import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfig } from '@dropout-lab/contracts';
import { readHistory, runFiles, runStatus } from '@dropout-lab/runs';
import { openRunDirectory } from '@dropout-lab/runs/node';
import writeFileAtomic from 'write-file-atomic';
import type { PlannedRun } from './plan.ts';
import type { StudyInput } from './study.ts';
import type { RunState, StudyRun } from './study-run.ts';

/**
 * SHA-256 of everything that decides a run's numbers, in hexadecimal.
 *
 * @param config A parsed configuration, whose keys are in their fixed order.
 */
export const configDigest = (config: RunConfig): string =>
  createHash('sha256').update(JSON.stringify(config)).digest('hex');

/**
 * The folder of a run in a store, named by its configuration: studies that have a run in common share it, and a
 * run that is there is never trained again.
 */
export const runPath = (store: string, config: RunConfig): string =>
  join(store, configDigest(config).slice(0, 16));

/** Reads how far a run of a study has come. @throws RunDirectoryError, ConfigError when its files are damaged. */
export const readStudyRun = async (store: string, planned: PlannedRun): Promise<StudyRun> => {
  const path = runPath(store, planned.config);
  const about = { ...planned, path };
  if (!(await exists(join(path, runFiles.manifest)))) {
    return { ...about, state: 'missing', history: [], manifest: undefined, evaluation: undefined };
  }
  const reader = await openRunDirectory(path);
  const { events } = await reader.readEvents();
  const evaluation = await reader.readEvaluation();
  const status = runStatus(events);
  const state = ((): RunState => {
    if ((status === 'completed' || status === 'early_stopping') && evaluation) return 'finished';
    if (status === 'nan') return 'diverged';
    return reader.isBeingWritten() ? 'running' : 'stopped';
  })();
  return { ...about, state, history: readHistory(events), manifest: reader.manifest, evaluation };
};

/** All runs of a plan, in its order. */
export const readStudyRuns = (store: string, plan: readonly PlannedRun[]): Promise<StudyRun[]> =>
  Promise.all(plan.map((planned) => readStudyRun(store, planned)));

const recordPath = (store: string, name: string): string => join(store, `${name}.study.json`);

/** Notes what study was run with what seeds, for its status and report. */
export const recordStudy = async (store: string, study: StudyInput): Promise<void> => {
  await mkdir(store, { recursive: true });
  await writeFileAtomic(recordPath(store, study.name), `${JSON.stringify(study, null, 2)}\n`);
};

/** The study as it was last run in a store; undefined when none of that name was. */
export const readRecordedStudy = async (store: string, name: string): Promise<StudyInput | undefined> => {
  const path = recordPath(store, name);
  return (await exists(path)) ? (JSON.parse(await readFile(path, 'utf8')) as StudyInput) : undefined;
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
