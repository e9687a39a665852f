import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, syncFolders } from './sync-folder.ts';

/** The name of a folder that is not whole yet, and how it gets its own. */
export interface FolderOptions {
  /** The folder's path until it is whole, on the same file system; its own with `.tmp-` and eight random digits by default. */
  readonly unfinished?: string;
  /**
   * Puts the folder, or what is in it, into place, and makes that durable. By default it is renamed, which fails when
   * there is anything but an empty folder.
   */
  readonly putInPlace?: (unfinished: string) => Promise<void>;
}

/**
 * Makes a folder as a whole: it is written under another name, and gets its own when all of it is on the disk, so that
 * readers find the whole folder or what was there before, even after a crash. An error leaves what was there, and nothing
 * else; a process that is killed may leave the unfinished folder.
 *
 * @param path In a folder that exists.
 * @param write Writes files and folders into the unfinished folder, each file synced, as `writeDurably` does.
 * @throws Error of the file system, or one that `write` or `putInPlace` throws.
 */
export const writeFolderDurably = async (
  path: string,
  write: (unfinished: string) => void | Promise<void>,
  {
    unfinished = `${path}.tmp-${randomBytes(4).toString('hex')}`,
    putInPlace = () => renameDurably(unfinished, path),
  }: FolderOptions = {},
): Promise<void> => {
  try {
    await mkdir(unfinished);
    await write(unfinished);
    await syncFolders(unfinished);
    await putInPlace(unfinished);
  } catch (error) {
    // Where it could not be made, its place cannot be looked at either.
    await rm(unfinished, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
  await rm(unfinished, { recursive: true, force: true });
};

const renameDurably = async (unfinished: string, path: string): Promise<void> => {
  await rename(unfinished, path);
  try {
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
};
