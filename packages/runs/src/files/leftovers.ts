import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isNotFound } from '@dropout-lab/files/node';
import { exists } from './exists.ts';
import { runFiles } from './layout.ts';
import { isLocked } from './lock.ts';
import { isUnfinished, replacedName } from './unfinished.ts';

/**
 * Whether a folder is empty, or has no more than a writer makes before `run.json`, as earlier versions left it when they
 * were killed: there is no run in it to be lost.
 */
export const isLeftover = async (folder: string): Promise<boolean> => {
  try {
    for (const entry of await readdir(folder)) {
      if (entry === runFiles.checkpoints) {
        if ((await readdir(join(folder, entry))).length > 0) return false;
      } else if (!madeBeforeManifest.test(entry)) return false;
    }
    return true;
  } catch {
    // No folder, or one that cannot be read.
    return false;
  }
};

const madeBeforeManifest = /^(?:run\.lock(?:\..*)?|run\.json\.tmp-.*)$/;

/**
 * Puts right what a killed process left beside a run's folder: the run that it was about to replace gets its place back,
 * and what it had not finished is removed. What a living process is at, or may be on another machine, stays.
 *
 * @param path Without a slash at its end.
 */
export const recoverRun = async (path: string): Promise<void> => {
  const previous = replacedName(path);
  if ((await exists(previous)) && !mayBeLocked(previous)) {
    if (!(await exists(path))) await rename(previous, path);
    else if (await exists(join(path, runFiles.manifest)))
      await rm(previous, { recursive: true, force: true });
  }
  for (const entry of await readdir(dirname(path)).catch(() => [])) {
    const unfinished = join(dirname(path), entry);
    if (!entry.startsWith(`${basename(path)}.tmp-`) || !isUnfinished(entry) || unfinished === previous)
      continue;
    // Without a lock, it may have been made this moment.
    if ((await exists(join(unfinished, runFiles.lock))) && !mayBeLocked(unfinished))
      await rm(unfinished, { recursive: true, force: true });
  }
};

/**
 * Removes files in a run directory that a killed process had not finished.
 *
 * @param folder Nobody else may be writing in it, though others may ask to.
 */
export const removeUnfinished = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder)) {
    const file = join(folder, entry);
    const isOfLock = entry.startsWith(`${runFiles.lock}.`);
    if (!isOfLock && !/\.tmp-[0-9a-f]+$/.test(entry)) continue;
    // One who asks to write needs the file for some milliseconds, and may have removed it by now.
    if (isOfLock && !(await isOlder(file, 60_000))) continue;
    await rm(file, { recursive: true, force: true });
  }
};

/** Whether a file was written so many milliseconds ago; false where it is there no longer. */
const isOlder = async (file: string, milliseconds: number): Promise<boolean> => {
  try {
    return Date.now() - (await stat(file)).mtimeMs >= milliseconds;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};

const mayBeLocked = (folder: string): boolean => {
  try {
    return isLocked(folder);
  } catch {
    return true;
  }
};
