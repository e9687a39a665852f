import { rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CheckpointName } from '@dropout-lab/contracts';
import { makeFolder, syncFolder, systemErrorCode, writeFolderDurably } from '@dropout-lab/files/node';
import type { RunContents } from './encode-run.ts';
import { RunExistsError, RunLockedError } from './errors.ts';
import { fileError } from './files/file-errors.ts';
import { checkpointNames } from './files/layout.ts';
import { isLeftover, recoverRun } from './files/leftovers.ts';
import { acquireLock, releaseLock } from './files/lock.ts';
import { replacedName } from './files/unfinished.ts';
import { createRunDirectory, openRunDirectory } from './run-directory.ts';

/**
 * Writes a whole run as a run directory. It replaces a run that is there: it is written beside it first, then renamed.
 * Whenever it is killed, the run that was there, or the new one, is there when it is next opened.
 *
 * @throws RunExistsError when something else than a run is there.
 * @throws RunLockedError while another process writes the run that is there.
 * @throws RunDirectoryError when it cannot be written; what is there is kept.
 */
export const saveRunDirectory = async (where: string, contents: RunContents): Promise<void> => {
  // Without a slash at its end, for what is beside it.
  const path = resolve(where);
  const refuse = (error: unknown): never => {
    throw error instanceof RunExistsError || error instanceof RunLockedError
      ? error
      : fileError(error, path, 'to write the run', 'choose another place for it');
  };
  await recoverRun(path).catch(refuse);
  const isTaken = await isReplaceable(path);
  const write = async (unfinished: string): Promise<void> => {
    const run = await createRunDirectory(unfinished, contents.manifest);
    try {
      for (const event of contents.events) run.append(event);
      for (const [name, checkpoint] of Object.entries(contents.checkpoints))
        await run.saveCheckpoint(name as CheckpointName, checkpoint);
      if (contents.evaluation) await run.writeEvaluation(contents.evaluation);
      if (contents.predictions) await run.writePredictions(contents.predictions);
    } finally {
      await run.close();
    }
    // It moves along; if this process is killed before, it shows that nobody is at it any more.
    acquireLock(unfinished);
  };
  const replace = async (unfinished: string): Promise<void> => {
    await replaceRun(path, unfinished);
    try {
      await syncFolder(dirname(path));
      await rm(replacedName(path), { recursive: true, force: true });
    } finally {
      releaseLock(path);
    }
  };
  try {
    await makeFolder(dirname(path));
    await writeFolderDurably(path, write, isTaken ? { putInPlace: replace } : {});
    if (!isTaken) releaseLock(path);
  } catch (error) {
    refuse(error);
  }
};

/**
 * Puts a run in the place of another, which is then beside it, as {@link replacedName} says.
 *
 * @throws RunLockedError while another process writes the run that is there.
 * @throws Error of the file system; the run that was there is there again.
 */
export const replaceRun = async (path: string, by: string): Promise<void> => {
  const previous = replacedName(path);
  const release = acquireLock(path);
  await rename(path, previous).catch((error) => {
    release();
    throw error;
  });
  await rename(by, path).catch(async (error) => {
    // Where even this fails, the next process that opens the run brings it back.
    const isBack = await rename(previous, path).then(
      () => true,
      () => false,
    );
    releaseLock(isBack ? path : previous);
    throw error;
  });
};

/** Whether there is a run to be replaced. @throws RunExistsError, RunLockedError. */
const isReplaceable = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw fileError(error, path, 'to write the run', 'choose another place for it');
  }
  if (await isLeftover(path)) return true;
  const run = await openRunDirectory(path).catch((cause) => {
    throw new RunExistsError(
      `${path}: expected a free place or a run to be replaced, found something else: choose another place for the run`,
      { cause },
    );
  });
  if (run.isBeingWritten()) {
    throw new RunLockedError(
      `${path}: expected a run that nobody is writing, found one that is being trained: choose another place for the run`,
    );
  }
  return true;
};

/**
 * Reads a whole run, its checkpoints verified by their checksums.
 *
 * @throws RunDirectoryError when it is none, or damaged.
 * @throws ConfigError when it was made by a newer version.
 */
export const loadRunDirectory = async (path: string): Promise<RunContents> => {
  const run = await openRunDirectory(path);
  const [{ events }, evaluation, predictions, checkpoints] = await Promise.all([
    run.readEvents(),
    run.readEvaluation(),
    run.readPredictions(),
    Promise.all(
      checkpointNames.map(async (name) =>
        (await run.hasCheckpoint(name)) ? [[name, await run.loadCheckpoint(name)] as const] : [],
      ),
    ),
  ]);
  return {
    manifest: run.manifest,
    events,
    checkpoints: Object.fromEntries(checkpoints.flat()),
    ...(evaluation && { evaluation }),
    ...(predictions && { predictions }),
  };
};
