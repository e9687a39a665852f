import { randomBytes } from 'node:crypto';
import { lstat, mkdir, realpath, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { kindOf, RefusedFileError } from './read-regular-file.ts';
import { isNotFound } from './system-error.ts';

const elsewhere = 'choose another place';

/**
 * Looks whether a file could be written at a place: none is there, or a regular one, which it would replace, and its folder
 * can be written, or made. For whoever has work to do first; nothing is left of it.
 *
 * @returns The path to write to, which is another one where a symbolic link leads to a file.
 * @throws RefusedFileError for anything else that is there; Error of the file system where nothing can be written.
 */
export const requireFilePlace = async (path: string): Promise<string> => {
  const place = await replaceableFile(path);
  await requireMakeable(place);
  return place;
};

/**
 * Looks whether a folder is there that can be written, or one could be made. Nothing is left of it.
 *
 * @throws RefusedFileError for anything else that is there; Error of the file system where nothing can be written.
 */
export const requireFolderPlace = async (path: string): Promise<void> => {
  const isThere = await isAnythingAt(path);
  if (isThere && !(await target(path)).isDirectory())
    throw new RefusedFileError(`it is ${kindOf(await target(path))}`, elsewhere);
  await requireMakeable(isThere ? join(path, 'folder') : path);
};

/**
 * Returns the path to write to, as {@link requireFilePlace}, without looking whether it can be written.
 *
 * @throws RefusedFileError unless there is nothing at a place, or a regular file, maybe behind a link.
 */
export const replaceableFile = async (path: string): Promise<string> => {
  if (!(await isAnythingAt(path))) return path;
  const found = await target(path);
  if (!found.isFile()) throw new RefusedFileError(`it is ${kindOf(found)}`, elsewhere);
  return realpath(path);
};

const isAnythingAt = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );

const target = (path: string) =>
  stat(path).catch((error) => {
    if (isNotFound(error)) throw new RefusedFileError('it is a symbolic link to nothing', elsewhere);
    throw error;
  });

/**
 * Looks whether something could be made at a place, and the folders above it that are missing, by making a folder there under
 * another name, in case that this process is killed now, and removing it.
 *
 * @throws Error of the file system.
 */
export const requireMakeable = async (path: string): Promise<void> => {
  const attempt = `${await topmostMissing(resolve(path))}.tmp-${randomBytes(4).toString('hex')}`;
  await mkdir(attempt);
  await rmdir(attempt);
};

/** Returns the topmost part of a path that is not there yet; the whole path where its folder is. */
const topmostMissing = async (path: string): Promise<string> =>
  dirname(path) === path || (await isAnythingAt(dirname(path))) ? path : topmostMissing(dirname(path));
