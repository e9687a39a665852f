import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

// Not write-file-atomic, nor atomically: both write once, without checking how much was written, so that when the disk
// becomes full, a part of the file replaces the one before, without an error.

/**
 * Writes a file as a whole: readers find all of it or the old file, even after a crash. Its content is on the disk when
 * this returns. An error leaves the old file, and nothing else.
 *
 * @param folder The place of the unfinished file, on the same file system; the file's own folder when left out.
 * @throws Error of the file system.
 */
export const writeDurably = (path: string, content: string | Uint8Array, folder = dirname(path)): void => {
  const unfinished = join(folder, `${basename(path)}.tmp-${process.pid}`);
  try {
    writeSynced(unfinished, content);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
};

/** Writes a file, or a part of it on an error; its content is on the disk when this returns. @throws Error of the file system. */
export const writeSynced = (path: string, content: string | Uint8Array): void => {
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};
