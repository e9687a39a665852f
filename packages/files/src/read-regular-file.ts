import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, type Stats } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { liesWithin } from './lies-within.ts';

/** A file is not read, because of its kind, its length or its place; the message says so: `it is a named pipe`. */
export class RefusedFileError extends Error {
  override readonly name = 'RefusedFileError';

  /** @param advice The next thing to do, whoever wanted to read it: `put a regular file in its place`. */
  constructor(
    message: string,
    readonly advice: string,
  ) {
    super(message);
  }
}

/** How much of a file is read, and where it must lie. */
export interface ReadOptions {
  /** In bytes; a longer file is refused before anything of it is read. */
  readonly limit: number;
  /** The first byte to be read. */
  readonly offset?: number;
  /** The most bytes to be read; all by default. */
  readonly length?: number;
  /** The real path of a folder that the file must lie in; the file itself must not be a symbolic link then. */
  readonly within?: string;
}

/** A file that was read. */
export interface RegularFile {
  /** From `offset` to the end that the file had when it was opened, or to `length`. */
  readonly bytes: Buffer;
  /** Of the whole file. */
  readonly stats: Stats;
}

/**
 * Reads a file that nobody vouches for: a named pipe, a device or a folder is refused instead of waited for or read
 * without end, a file that is too long instead of filling the memory, and one outside of `within` instead of being shown.
 *
 * @throws RefusedFileError for such a file; Error of the file system when it cannot be read.
 */
export const readRegularFile = async (path: string, options: ReadOptions): Promise<RegularFile> => {
  const { offset = 0, length = options.limit } = options;
  const file = await openRegularFile(path, options);
  try {
    return { stats: file.stats, bytes: await file.read(offset, length) };
  } finally {
    await file.close();
  }
};

/** A file that stays open: what is read of it is the file that was found, also when another has taken its place. */
export interface OpenedFile {
  /** As it was when it was opened. */
  readonly stats: Stats;
  /** Returns bytes from a place on, fewer where it ends. @throws Error of the file system. */
  readonly read: (offset: number, length: number) => Promise<Buffer>;
  /** May be called again. */
  readonly close: () => Promise<void>;
}

/** {@link readRegularFile}, part by part. @throws RefusedFileError, Error of the file system. */
export const openRegularFile = async (
  path: string,
  options: Pick<ReadOptions, 'limit' | 'within'>,
): Promise<OpenedFile> => {
  if (options.within !== undefined) requireWithin(options.within, await realpath(dirname(path)));
  const file = await open(path, flagsOf(options));
  try {
    const stats = await file.stat();
    requireReadable(stats, options.limit);
    return {
      stats,
      read: async (offset, length) => {
        const bytes = roomFor(stats, offset, length);
        return bytes.subarray(0, await fill(file, bytes, offset));
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
};

/** {@link readRegularFile}, for short files. @throws RefusedFileError, Error of the file system. */
export const readRegularFileSync = (path: string, options: ReadOptions): RegularFile => {
  if (options.within !== undefined) requireWithin(options.within, realpathSync(dirname(path)));
  const { limit, offset = 0, length: most = limit } = options;
  const file = openSync(path, flagsOf(options));
  try {
    const stats = fstatSync(file);
    requireReadable(stats, limit);
    const bytes = roomFor(stats, offset, most);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, offset + length);
    return { stats, bytes: bytes.subarray(0, length) };
  } finally {
    closeSync(file);
  }
};

const fill = async (file: FileHandle, bytes: Buffer, start: number): Promise<number> => {
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read)
    read = (await file.read(bytes, length, bytes.length - length, start + length)).bytesRead;
  return length;
};

/** Without O_NONBLOCK, opening a named pipe would wait for its writer. Windows has neither of the two. */
const flagsOf = ({ within }: Pick<ReadOptions, 'within'>): number =>
  constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (within === undefined ? 0 : (constants.O_NOFOLLOW ?? 0));

const requireWithin = (root: string, folder: string): void => {
  if (!liesWithin(folder, root))
    throw new RefusedFileError(`it lies outside of ${root}`, 'put a copy of it there');
};

const requireReadable = (stats: Stats, limit: number): void => {
  if (!stats.isFile())
    throw new RefusedFileError(`it is ${kindOf(stats)}`, 'put a regular file in its place');
  if (stats.size > limit)
    throw new RefusedFileError(
      `it has ${stats.size} bytes, and the limit is ${limit}`,
      'put a shorter one in its place',
    );
};

const roomFor = ({ size }: Stats, offset: number, length: number): Buffer =>
  Buffer.alloc(Math.min(length, Math.max(0, size - offset)));

/** Returns the kind of what is at a place: `a named pipe`. */
export const kindOf = (stats: Stats): string => {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
};
