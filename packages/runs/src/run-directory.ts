import { accessSync, constants } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  type CheckpointName,
  DropoutLabError,
  type EvaluationReport,
  evaluationReportSchema,
  type Predictions,
  predictionsSchema,
  type RunEvent,
  type RunManifest,
} from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import {
  isNotFound,
  makeFolder,
  readRegularFile,
  readRegularFileSync,
  requireMakeable,
  syncFolder,
  systemErrorSentence,
  writeDurably,
  writeFolderDurably,
} from '@dropout-lab/files/node';
import type { z } from 'zod';
import { type Checkpoint, knownOfEvents, trainedManifestOf } from './checkpoints/checkpoint-format.ts';
import {
  hasCheckpoint,
  loadCheckpoint,
  readStates,
  recoverCheckpoints,
  requireIntactCheckpoints,
  saveCheckpoint,
} from './checkpoints/checkpoint-store.ts';
import { RunDirectoryError, RunExistsError, RunLockedError, RunUnreadableError } from './errors.ts';
import { type EventLog, parseEventLog } from './events/event-log.ts';
import { openEventWriter } from './events/event-writer.ts';
import { historyCsv } from './events/history-csv.ts';
import type { LogBeginning } from './events/log-beginning.ts';
import { exists } from './files/exists.ts';
import { fileError } from './files/file-errors.ts';
import { toJson, toJsonLine } from './files/json.ts';
import { runFiles } from './files/layout.ts';
import { isLeftover, recoverRun, removeUnfinished } from './files/leftovers.ts';
import { acquireLock, isLocked, releaseLock, requireLockable } from './files/lock.ts';
import { sealed } from './files/seal.ts';
import { parseSealed } from './files/sealed-json.ts';
import { replacedName } from './files/unfinished.ts';
import { decodeManifest, encodeManifest } from './manifest-file.ts';
import type { RunStore } from './run-store.ts';
import { manifestToTrainOn } from './train-on.ts';

/** A run directory to read; another process may be writing it. */
export interface RunReader {
  readonly path: string;
  /** The run's manifest, as read when this was opened: of it, only the number of epochs may change. */
  readonly manifest: RunManifest;
  /** `events.jsonl` so far, with the gaps that it or a checkpoint shows. */
  readEvents(): Promise<EventLog>;
  /** `evaluation.json`, or undefined before the run is evaluated. @throws RunDirectoryError, ConfigError when it is damaged. */
  readEvaluation(): Promise<EvaluationReport | undefined>;
  /** `predictions.json`, or undefined where there is none. @throws RunDirectoryError, ConfigError when it is damaged. */
  readPredictions(): Promise<Predictions | undefined>;
  /** Whether that checkpoint has been written; its files are not read. */
  hasCheckpoint(name: CheckpointName): Promise<boolean>;
  /** Verifies it by its digests. @throws CheckpointMissingError, CheckpointCorruptError, RunChangedError. */
  loadCheckpoint(name: CheckpointName): Promise<Checkpoint>;
  /** Verifies every checkpoint that there is. @throws CheckpointCorruptError, RunChangedError. */
  requireIntact(): Promise<void>;
  /**
   * Returns the manifest that the run would have when it is resumed with another number of epochs; writes nothing.
   *
   * @throws ConfigError when that is less than it was, or the run could not end as one that had so many from the start.
   */
  manifestWith(epochs: number): Promise<RunManifest>;
  /**
   * Whether a living process is writing the directory, as far as can be known from this machine.
   *
   * @throws RunDirectoryError when `run.lock` is no file that can be read.
   */
  isBeingWritten(): boolean;
  /**
   * Looks whether the run could be resumed from here, as far as its lock and the permissions say, and changes nothing.
   *
   * @param takeOver The writer is on another machine, and is known to be gone.
   * @throws RunLockedError while another process writes it; RunUnreadableError when it cannot be written.
   */
  requireWritable(takeOver?: boolean): void;
}

/** A run directory whose only writer is this process, until {@link RunDirectory.close}. */
export interface RunDirectory extends RunReader, RunStore {
  /** Adds to `events.jsonl`, and after an epoch brings `history.csv` up to date; a killed process loses no event that was appended. @throws RunDirectoryError, on a full disk say. */
  append(event: RunEvent): void;
  /** Replaces the checkpoint as a whole. @throws RunDirectoryError when it cannot; the one before is then kept. */
  saveCheckpoint(name: CheckpointName, checkpoint: Checkpoint): Promise<void>;
  /** Writes `evaluation.json`. @throws RunDirectoryError. */
  writeEvaluation(report: EvaluationReport): Promise<void>;
  /** Writes `predictions.json`. @throws RunDirectoryError. */
  writePredictions(predictions: Predictions): Promise<void>;
  /** Waits for a checkpoint on its way, then gives the directory up. */
  close(): Promise<void>;
}

const elsewhere = 'choose another place for the run';

/**
 * Makes a new run directory and writes its `run.json`. Folders above it are made too. It gets its name when it is whole,
 * so that a killed process leaves none that could neither be resumed nor made again.
 *
 * @param path A folder that does not exist yet, or is empty, or is what a process left that was killed before `run.json`.
 * @throws RunExistsError when something else is there.
 * @throws RunLockedError while another process makes its run there.
 * @throws RunDirectoryError when it cannot be made; nothing is left behind.
 */
export const createRunDirectory = async (path: string, manifest: RunManifest): Promise<RunDirectory> => {
  const place = resolve(path);
  try {
    await makeFolder(dirname(place));
    await recoverRun(place);
    if (await exists(place)) return await createInLeftover(path, manifest);
    const fill = async (unfinished: string): Promise<void> => {
      // The lock moves along.
      acquireLock(unfinished);
      await fillNewRun(unfinished, manifest);
    };
    await writeFolderDurably(place, fill).catch(async (error) => {
      // Of two that would make the same run, one fails here: a folder takes the place of an empty one at most.
      throw (await exists(place)) ? existsError(path) : error;
    });
    try {
      return writerOf(path, manifest, openEventWriter(join(path, runFiles.events)));
    } catch (error) {
      await rm(place, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof RunDirectoryError) throw error;
    throw fileError(error, path, 'to make a folder for the run', elsewhere);
  }
};

/**
 * Looks whether a run directory could be made at a place, by making a folder there and removing it again: for whoever has a
 * run to prepare first.
 *
 * @throws RunExistsError, RunLockedError, RunDirectoryError where {@link createRunDirectory} would.
 */
export const requireFreePlace = async (path: string): Promise<void> => {
  const place = resolve(path);
  try {
    const isThere = await exists(place);
    if (isThere && !(await isLeftover(place))) throw existsError(path);
    if (isThere) requireLockable(place);
    // In a place that is there, of a name that a writer would have given, in case that this process is killed now.
    await requireMakeable(isThere ? join(place, runFiles.manifest) : place);
  } catch (error) {
    if (error instanceof RunDirectoryError) throw error;
    throw fileError(error, path, 'to make a folder for the run', elsewhere);
  }
};

const existsError = (path: string): RunExistsError =>
  new RunExistsError(
    `${path}: expected no such folder yet, but it exists; resume the run in it, or ${elsewhere}`,
  );

const fillNewRun = async (folder: string, manifest: RunManifest): Promise<void> => {
  await mkdir(join(folder, runFiles.checkpoints), { recursive: true });
  writeDurably(join(folder, runFiles.manifest), await encodeManifest(manifest));
  await syncFolder(folder);
};

/** Makes the run where a folder is: whenever it is killed, it leaves what can be taken over again. */
const createInLeftover = async (path: string, manifest: RunManifest): Promise<RunDirectory> => {
  if (!(await isLeftover(path))) throw existsError(path);
  const prepare = async () => {
    // Looked at again, now that nobody else can make a run there.
    if (!(await isLeftover(path))) throw existsError(path);
    try {
      await removeUnfinished(path);
      await fillNewRun(path, manifest);
      return manifest;
    } catch (error) {
      for (const file of [runFiles.manifest, runFiles.checkpoints])
        await rm(join(path, file), { recursive: true, force: true });
      throw error;
    }
  };
  return openForWriting(path, prepare);
};

/**
 * Makes the run directory `root/<manifest.id>`, or `<id>-2`, `<id>-3`, … if that is taken; the manifest is
 * written with the id that it got.
 *
 * @throws RunDirectoryError as {@link createRunDirectory}.
 */
export const createNumberedRunDirectory = async (
  root: string,
  manifest: RunManifest,
): Promise<RunDirectory> => {
  for (let number = 1; ; number++) {
    const id = number === 1 ? manifest.id : `${manifest.id}-${number}`;
    try {
      return await createRunDirectory(join(root, id), { ...manifest, id });
    } catch (error) {
      if (!(error instanceof RunExistsError || error instanceof RunLockedError)) throw error;
    }
  }
};

/** Options of resuming a run directory. */
export interface ResumeOptions {
  /** Another machine's writer is known to be gone, by a job queue say: take its lock over. */
  readonly takeOver?: boolean;
  /** Train on to so many epochs: `run.json` is written with them; as many as it has when left out. */
  readonly epochs?: number | undefined;
}

/**
 * Opens a run directory to go on writing: cleans up what a killed writer left, and verifies every checkpoint.
 *
 * @throws RunDirectoryError when it is none, or cannot be written.
 * @throws RunChangedError when `run.json` is not as it was written, or as a checkpoint was trained with.
 * @throws CheckpointCorruptError when a checkpoint is damaged.
 * @throws RunLockedError while another process writes it.
 * @throws ConfigError when it was made by a newer version, or cannot have so many epochs; then nothing is written.
 */
export const resumeRunDirectory = async (
  path: string,
  { takeOver = false, epochs }: ResumeOptions = {},
): Promise<RunDirectory> => {
  await writing(path, () => recoverRun(resolve(path)));
  // A folder that is no run is refused before anything is made in it.
  await readManifest(path);
  const prepare = async () => {
    // Read again, now that nobody else can change it.
    const manifest = await readManifest(path);
    await removeUnfinished(path);
    const checkpoints = join(path, runFiles.checkpoints);
    await mkdir(checkpoints, { recursive: true });
    await recoverCheckpoints(checkpoints);
    await requireIntactCheckpoints(checkpoints, manifest);
    if (epochs === undefined) return manifest;
    const longer = await readerOf(path, manifest).manifestWith(epochs);
    if (longer.config.epochs !== manifest.config.epochs) await writeLonger(path, longer);
    return longer;
  };
  return openForWriting(path, prepare, takeOver);
};

/** Replaces `run.json`, which alone decides how long a run is: killed before that or after, it is one or the other. */
const writeLonger = async (path: string, manifest: RunManifest): Promise<void> => {
  writeDurably(join(path, runFiles.manifest), await encodeManifest(manifest));
  await syncFolder(path);
  // They are of the shorter run: its metrics remain in the events.
  for (const file of [runFiles.evaluation, runFiles.predictions]) await rm(join(path, file), { force: true });
};

/**
 * Opens a run directory to read; changes nothing in it.
 *
 * @throws RunDirectoryError when it is none; RunChangedError when `run.json` is not as it was written.
 * @throws ConfigError when it was made by a newer version.
 */
export const openRunDirectory = async (path: string): Promise<RunReader> => {
  const place = await placeOf(path);
  return readerOf(place, await readManifest(place));
};

/** Returns the place of a run that may just be replaced, or was when its writer was killed. */
const placeOf = async (path: string): Promise<string> => {
  const previous = replacedName(resolve(path));
  try {
    const isAway = !(await exists(path)) && (await exists(previous));
    // Looked for once more: its writer may have been between two renames at the first look, and done at the second.
    return isAway && !(await exists(path)) ? previous : path;
  } catch (error) {
    const advice = 'give the path that the run printed';
    throw new RunUnreadableError(systemErrorSentence(error, path, 'a run directory', advice), {
      cause: error,
    });
  }
};

const readerOf = (path: string, manifest: RunManifest): RunReader => {
  const checkpoints = join(path, runFiles.checkpoints);
  return {
    path,
    manifest,
    readEvents: async () => {
      // Before the events: a writer keeps those of an epoch before its checkpoint.
      const { reached, beginnings } = await knownOfEvents(await readStates(checkpoints), manifest.config);
      const log = (await readBytes(join(path, runFiles.events))) ?? Buffer.alloc(0);
      const areKept = await Promise.all(beginnings.map((beginning) => beginsWith(log, beginning)));
      return parseEventLog(log.toString('utf8'), reached, areKept.includes(false));
    },
    readEvaluation: () => readJson(join(path, runFiles.evaluation), evaluationReportSchema),
    readPredictions: () => readJson(join(path, runFiles.predictions), predictionsSchema),
    hasCheckpoint: (name) => hasCheckpoint(checkpoints, name),
    loadCheckpoint: (name) => loadCheckpoint(checkpoints, name, manifest),
    requireIntact: () => requireIntactCheckpoints(checkpoints, manifest),
    async manifestWith(epochs) {
      const { events } = await this.readEvents();
      const hasTrained = await this.hasCheckpoint('last');
      const progress = hasTrained ? (await this.loadCheckpoint('last')).snapshot.progress : undefined;
      return manifestToTrainOn({ manifest, events, progress }, epochs, path);
    },
    isBeingWritten: () => isLocked(path),
    requireWritable(takeOver = false) {
      requireLockable(path, takeOver);
      try {
        accessSync(path, constants.W_OK | constants.X_OK);
      } catch (cause) {
        const advice = 'get the permission to write there, then resume the run';
        throw new RunUnreadableError(systemErrorSentence(cause, path, 'to write the run', advice), { cause });
      }
    },
  };
};

const openForWriting = async (
  path: string,
  prepare: () => Promise<RunManifest>,
  takeOver = false,
): Promise<RunDirectory> => {
  const release = await writing(path, () => acquireLock(path, takeOver));
  try {
    return await writing(path, async () => {
      const manifest = await prepare();
      return writerOf(path, manifest, openEventWriter(join(path, runFiles.events)));
    });
  } catch (error) {
    release();
    throw error;
  }
};

const readEventsNow = (path: string): RunEvent[] => {
  const { bytes } = readRegularFileSync(join(path, runFiles.events), { limit: LARGEST_FILE });
  return parseEventLog(bytes.toString('utf8')).events;
};

const beginsWith = async (log: Buffer, beginning: LogBeginning): Promise<boolean> =>
  log.length >= beginning.bytes && (await sha256(log.subarray(0, beginning.bytes))) === beginning.sha256;

/** The events that `history.csv` is made of. */
const isOfHistory = ({ kind }: RunEvent): boolean => kind === 'epoch' || kind === 'run-resumed';

const writerOf = (
  path: string,
  manifest: RunManifest,
  events: ReturnType<typeof openEventWriter>,
): RunDirectory => {
  /** The events of `history.csv`, from the first time on that it changes. */
  let epochs: RunEvent[] | undefined;
  let saving: Promise<void> = Promise.resolve();
  return {
    ...readerOf(path, manifest),
    append(event) {
      let file: string = runFiles.events;
      try {
        events.append(event);
        if (!isOfHistory(event)) return;
        if (epochs) epochs.push(event);
        else epochs = readEventsNow(path).filter(isOfHistory);
        file = runFiles.history;
        writeDurably(join(path, file), historyCsv(epochs));
      } catch (error) {
        throw writeError(error, join(path, file));
      }
    },
    saveCheckpoint(name, checkpoint) {
      // As it is now, though the checkpoint before it may have to be written first.
      const log = events.written();
      const save = () => saveCheckpoint(join(path, runFiles.checkpoints), name, checkpoint, manifest, log);
      const saved = saving.then(save);
      // One after the other; the failure of one is its caller's to handle, and does not stop the next.
      saving = saved.catch(() => {});
      return saved;
    },
    writeEvaluation(report) {
      const file = join(path, runFiles.evaluation);
      return writing(file, async () => writeDurably(file, toJson(await sealed(report))));
    },
    writePredictions(predictions) {
      const file = join(path, runFiles.predictions);
      return writing(file, async () => writeDurably(file, toJsonLine(await sealed(predictions))));
    },
    async close() {
      await saving;
      events.close();
      releaseLock(path);
    },
  };
};

const readManifest = async (path: string): Promise<RunManifest> => {
  const file = join(path, runFiles.manifest);
  const text = await readText(file);
  if (text === undefined) {
    throw new RunUnreadableError(
      `${path}: expected a run directory, found ${await foundAt(path)}; give the path that the run printed, or start the run again if it was killed before it began`,
    );
  }
  return decodeManifest(text, file, async () =>
    trainedManifestOf(await readStates(join(path, runFiles.checkpoints))),
  );
};

/** Returns what is there instead of a run, in words. */
const foundAt = async (path: string): Promise<string> => {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'nothing there';
  return found.isDirectory() ? `no ${runFiles.manifest} in it` : 'no folder';
};

const readJson = async <S extends z.ZodType>(file: string, schema: S): Promise<z.output<S> | undefined> => {
  const text = await readText(file);
  return text === undefined ? undefined : parseSealed(text, schema, file);
};

const readText = async (file: string): Promise<string | undefined> =>
  (await readBytes(file))?.toString('utf8');

/** In bytes; events of a step take some 200. */
const LARGEST_FILE = 512 * 2 ** 20;

const readBytes = async (file: string): Promise<Buffer | undefined> => {
  try {
    return (await readRegularFile(file, { limit: LARGEST_FILE })).bytes;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    const sentence = systemErrorSentence(error, file, 'a file that can be read');
    throw new RunUnreadableError(sentence, { cause: error });
  }
};

const writeError = (error: unknown, path: string): DropoutLabError =>
  error instanceof DropoutLabError
    ? error
    : fileError(
        error,
        path,
        'to write the run',
        'free some space or get the permission to write, then resume the run',
      );

const writing = async <T>(path: string, write: () => T | Promise<T>): Promise<T> => {
  try {
    return await write();
  } catch (error) {
    throw writeError(error, path);
  }
};
