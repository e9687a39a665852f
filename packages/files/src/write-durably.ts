import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

// Not write-file-atomic, nor atomically: both write once, without a look at how much was written, so that on a disk that
// becomes full a part of the file takes the place of the one before, without an error.

/**
 * Writes a file as a whole: a reader, and whoever looks after a crash, finds all of it or what was there before. Its
 * content is on the disk when this returns. An error leaves what was there before, and nothing else.
 *
 * @param folder The place of the unfinished file, on the same file system; the file's own folder when left out.
 * @throws Error of the file system.
 */
export const writeDurably = (path: string, content: string | Uint8Array, folder = dirname(path)): void => {
  const unfinished = join(folder, `${basename(path)}.tmp-${process.pid}`);
  try {
    const file = openSync(unfinished, 'w');
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
};
