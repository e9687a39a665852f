import { lstat, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointName, RunManifest } from '@dropout-lab/contracts';
import {
  isFileError,
  isNotFound,
  kindOf,
  RefusedFileError,
  readRegularFile,
  syncFolder,
  systemErrorSentence,
  writeDurably,
  writeFolderDurably,
} from '@dropout-lab/files/node';
import { CheckpointCorruptError, CheckpointMissingError, RunUnreadableError } from '../errors.ts';
import type { LogBeginning } from '../events/log-beginning.ts';
import { exists } from '../files/exists.ts';
import { fileError } from '../files/file-errors.ts';
import { checkpointFiles, checkpointNames } from '../files/layout.ts';
import {
  type Checkpoint,
  type CheckpointContents,
  decodeCheckpoint,
  encodeCheckpoint,
  requireIntact,
} from './checkpoint-format.ts';

/** In bytes: a quarter of a milliard of weights, more than a model may have. */
const LARGEST_FILE = 2 ** 30;

const previousOf = (target: string): string => `${target}.previous`;

/**
 * Replaces a checkpoint as a whole: written beside it and on the disk before two renames put it in its place.
 * Whenever the process is killed, or the disk full, one good checkpoint is left as `<name>` or
 * `<name>.previous`.
 *
 * @param folder The run's `checkpoints`.
 * @param events The run's, so far.
 * @throws RunDirectoryError when it cannot be written; the one before is kept.
 */
export const saveCheckpoint = async (
  folder: string,
  name: CheckpointName,
  checkpoint: Checkpoint,
  manifest: RunManifest,
  events?: LogBeginning,
): Promise<void> => {
  const contents = await encodeCheckpoint(checkpoint, manifest, events);
  const target = join(folder, name);
  const write = (unfinished: string): void => {
    for (const [file, content] of Object.entries(contents)) writeDurably(join(unfinished, file), content);
  };
  const putInPlace = async (unfinished: string): Promise<void> => {
    const previous = previousOf(target);
    if (await exists(target)) {
      await rm(previous, { recursive: true, force: true });
      await rename(target, previous);
    }
    await rename(unfinished, target);
    await syncFolder(folder);
    await rm(previous, { recursive: true, force: true });
  };
  try {
    await writeFolderDurably(target, write, { unfinished: `${target}.tmp-${process.pid}`, putInPlace });
  } catch (error) {
    throw fileError(
      error,
      target,
      'to write a checkpoint',
      'an earlier one is kept; free some space or get the permission to write, then resume the run',
    );
  }
};

/**
 * Puts right what a killed writer left: removes unfinished checkpoints, and restores one that was about to be
 * replaced.
 *
 * @param folder The run's `checkpoints`; no other process may be writing it.
 */
export const recoverCheckpoints = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder)) {
    if (/\.tmp-\d+$/.test(entry)) await rm(join(folder, entry), { recursive: true, force: true });
  }
  for (const name of checkpointNames) {
    const target = join(folder, name);
    const previous = previousOf(target);
    if (!(await exists(previous))) continue;
    if (await exists(target)) await rm(previous, { recursive: true, force: true });
    else await rename(previous, target);
  }
};

/** Whether there is a checkpoint of that name to load. @throws RunUnreadableError when that cannot be found out. */
export const hasCheckpoint = async (folder: string, name: CheckpointName): Promise<boolean> =>
  (await findCheckpoint(folder, name)) !== undefined;

/**
 * Reads a checkpoint and verifies it by its digests; changes nothing, and may run beside a writer.
 *
 * @param folder The run's `checkpoints`.
 * @param manifest The run's.
 * @throws CheckpointMissingError when there is none of that name.
 * @throws RunUnreadableError when the system does not let it be read.
 * @throws CheckpointCorruptError naming file, expected and found.
 * @throws RunChangedError when it was trained with other settings than the manifest's, which it names.
 */
export const loadCheckpoint = async (
  folder: string,
  name: CheckpointName,
  manifest: RunManifest,
): Promise<Checkpoint> => {
  for (;;) {
    const current = await findCheckpoint(folder, name);
    if (current === undefined) {
      throw new CheckpointMissingError(
        `${join(folder, name)}: expected a checkpoint, found none: the run ended before its first; start a new run`,
      );
    }
    try {
      return await readCheckpoint(current.path, manifest);
    } catch (error) {
      // A writer may have replaced the checkpoint between two of its files, which the checksums show.
      const replaced = (await findCheckpoint(folder, name))?.identity !== current.identity;
      if (!replaced) throw error;
    }
  }
};

const readCheckpoint = async (folder: string, manifest: RunManifest): Promise<Checkpoint> => {
  const bytes = async (file: string): Promise<Uint8Array> => {
    try {
      return (await readRegularFile(join(folder, file), { limit: LARGEST_FILE })).bytes;
    } catch (error) {
      if (error instanceof RefusedFileError)
        throw new CheckpointCorruptError(`${folder}/${file}`, 'a file', error.message, { cause: error });
      if (!isNotFound(error)) throw unreadable(error, `${folder}/${file}`);
      throw new CheckpointCorruptError(`${folder}/${file}`, 'a file', 'none', { cause: error });
    }
  };
  const text = async (file: string) => Buffer.from(await bytes(file)).toString('utf8');
  const contents: CheckpointContents = {
    'model.json': await text(checkpointFiles.model),
    'weights.bin': await bytes(checkpointFiles.weights),
    'optimizer.bin': await bytes(checkpointFiles.optimizer),
    'state.json': await text(checkpointFiles.state),
  };
  await requireIntact(contents, manifest, folder);
  return decodeCheckpoint(contents, manifest.config, folder);
};

/** Reads and verifies every checkpoint that there is, as {@link loadCheckpoint} does. */
export const requireIntactCheckpoints = async (folder: string, manifest: RunManifest): Promise<void> => {
  for (const name of checkpointNames)
    if (await hasCheckpoint(folder, name)) await loadCheckpoint(folder, name, manifest);
};

/** Returns the text of each checkpoint's `state.json`, as far as it can be read. */
export const readStates = (folder: string): Promise<(string | undefined)[]> =>
  Promise.all(
    checkpointNames.map((name) =>
      readRegularFile(join(folder, name, checkpointFiles.state), { limit: LARGEST_FILE }).then(
        ({ bytes }) => bytes.toString('utf8'),
        () => undefined,
      ),
    ),
  );

/** A checkpoint that was found. */
export interface CheckpointPlace {
  /** Of its folder. */
  readonly path: string;
  /** Another one for one that took its place. */
  readonly identity: string;
}

/**
 * Finds a checkpoint's folder: in its place, or beside it if its writer was killed between the two renames. Whoever reads
 * several files of it looks afterwards whether it is still the same.
 *
 * @param folder The run's `checkpoints`.
 * @returns Undefined where there is none.
 * @throws RunUnreadableError when that cannot be found out.
 */
export const findCheckpoint = async (
  folder: string,
  name: CheckpointName,
): Promise<CheckpointPlace | undefined> => {
  const target = join(folder, name);
  // In its place once more, since a writer may have been between its renames at the first look, and done at the second.
  for (const path of [target, previousOf(target), target]) {
    const identity = await identityOf(path);
    if (identity !== undefined) return { path, identity };
  }
  await requireFolder(folder);
  return undefined;
};

/** Refuses anything else in the place of the folder of checkpoints: what stands there is none, and no run can be written. */
const requireFolder = async (folder: string): Promise<void> => {
  try {
    const link = await lstat(folder);
    if (link.isDirectory()) return;
    const found = await stat(folder).catch(() => link);
    if (found.isDirectory()) return;
    throw new RefusedFileError(`it is ${kindOf(found)}`, 'put the folder back from a copy of the run');
  } catch (error) {
    if (!isNotFound(error)) throw unreadable(error, folder);
  }
};

/** Returns what is thrown where the system does not let a checkpoint be read. */
const unreadable = (error: unknown, path: string): unknown =>
  isFileError(error)
    ? new RunUnreadableError(systemErrorSentence(error, path, 'a checkpoint that can be read'), {
        cause: error,
      })
    : error;

/** Returns text that differs for a folder that is put in the place of another, though it may get the same inode. */
const identityOf = async (path: string): Promise<string | undefined> => {
  try {
    const { ino, ctimeNs } = await stat(path, { bigint: true });
    return `${ino}/${ctimeNs}`;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw unreadable(error, path);
  }
};
