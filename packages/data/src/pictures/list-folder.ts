import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError, ownImagesLimits } from '@dropout-lab/contracts';
import { liesWithin, systemErrorCode, systemErrorSentence } from '@dropout-lab/files/node';
import { PictureError } from './decoding/decoded-picture.ts';
import { type FileNode, type FolderNode, type ListedPictures, listPictures } from './list-pictures.ts';

/** A file on a disk, as it was when the folder was listed. */
export interface DiskFile {
  readonly path: string;
  readonly stats: BigIntStats;
}

/** Options of {@link listFolder}. */
export interface ListFolderOptions {
  /** A folder of test images, with the same classes. */
  readonly test?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lists the pictures of a folder on a disk; see {@link listPictures}. Symbolic links to folders are not followed, nor are
 * links to files outside.
 *
 * @throws ConfigError when there are not at least two classes with pictures, or their names cannot be used.
 */
export const listFolder = async (
  path: string,
  { test, signal }: ListFolderOptions = {},
): Promise<ListedPictures<DiskFile>> => {
  const root = await openFolder(path);
  const tested = test === undefined ? undefined : { path: test, root: await openFolder(test) };
  return listPictures(root, { path, test: tested, mostFiles: ownImagesLimits.images, signal });
};

/** @throws ConfigError when it is no folder, or cannot be read. */
const openFolder = async (path: string): Promise<FolderNode<DiskFile>> => {
  try {
    const root = await realpath(path);
    await readdir(root);
    return folderAt(root, root);
  } catch (cause) {
    const advice =
      systemErrorCode(cause) === 'ENOTDIR'
        ? 'give the folder that has a folder for each class, or a Parquet file, whose name ends in .parquet'
        : 'check its name and permissions';
    throw new ConfigError(systemErrorSentence(cause, path, 'a folder of pictures', advice), [], { cause });
  }
};

const folderAt = (root: string, path: string): FolderNode<DiskFile> => ({
  kind: 'folder',
  name: basename(path),
  entries: async () => {
    const entries = await readdir(path, { withFileTypes: true }).catch((cause) => {
      throw unreadable(cause);
    });
    return entries.map((entry) => nodeOf(root, path, entry));
  },
});

const nodeOf = (root: string, folder: string, entry: Dirent): FolderNode<DiskFile> | FileNode<DiskFile> => {
  const path = join(folder, entry.name);
  if (entry.isDirectory()) return folderAt(root, path);
  return {
    kind: entry.isSymbolicLink() ? 'link' : 'file',
    name: entry.name,
    open: () => openFile(root, path),
  };
};

const openFile = async (root: string, path: string): Promise<DiskFile> => {
  try {
    const link = await lstat(path, { bigint: true });
    const target = link.isSymbolicLink() ? await targetOf(path) : path;
    if (link.isSymbolicLink() && !liesWithin(target, root))
      throw new PictureError('a symbolic link out of the folder');
    const stats = link.isSymbolicLink() ? await stat(target, { bigint: true }) : link;
    if (stats.isDirectory()) throw new PictureError('a symbolic link to a folder');
    if (!stats.isFile()) throw new PictureError(`${kindOf(stats)}, no file`);
    if (stats.size === 0n) throw new PictureError('empty');
    return { path: target, stats };
  } catch (error) {
    if (error instanceof PictureError) throw error;
    if (systemErrorCode(error) === 'ELOOP') throw new PictureError('a symbolic link to itself');
    throw unreadable(error);
  }
};

/** @throws PictureError when there is none. */
const targetOf = (link: string): Promise<string> =>
  realpath(link).catch((cause) => {
    throw systemErrorCode(cause) === 'ENOENT'
      ? new PictureError('a symbolic link to nothing', { cause })
      : cause;
  });

const unreadable = (cause: unknown): PictureError =>
  new PictureError(`the system says ${systemErrorCode(cause) ?? String(cause)}`, { cause });

const kindOf = (stats: BigIntStats): string => {
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
};
