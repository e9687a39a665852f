import { rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DropoutLabError } from '@dropout-lab/contracts';
import {
  makeFolder as make,
  systemErrorCode,
  systemErrorSentence,
  writeDurably,
} from '@dropout-lab/files/node';

/** The cache cannot be written: full disk, read-only file system, missing permission. */
export class CifarStorageError extends DropoutLabError {
  override readonly name = 'CifarStorageError';

  constructor(
    readonly path: string,
    readonly code: string,
    options: ErrorOptions,
  ) {
    const advice = 'make room or permit writing, or name another folder in DROPOUT_LAB_CACHE';
    super(systemErrorSentence(options.cause, path, 'to write here', advice), options);
  }
}

/** Runs `work`, which writes at `path`, and turns the file system's refusals into a {@link CifarStorageError}. */
export const storing = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const code = systemErrorCode(error);
    throw code === undefined ? error : new CifarStorageError(path, code, { cause: error });
  }
};

export const makeFolder = (path: string): Promise<unknown> => storing(path, () => make(path));

/** Moves a file; false when there was none. */
export const moveIfThere = (from: string, to: string): Promise<boolean> =>
  storing(to, () =>
    rename(from, to).then(
      () => true,
      (error) => {
        if (systemErrorCode(error) === 'ENOENT') return false;
        throw error;
      },
    ),
  );

/** Bytes of a file; 0 when there is none, or something else that cannot be appended to. */
export const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    (file) => (file.isFile() ? file.size : 0),
    () => 0,
  );

/** Moves an unfinished download to where the next fetch looks for it, unless a longer one is there. */
export const keepLonger = async (from: string, to: string): Promise<void> => {
  if ((await sizeOf(from)) > (await sizeOf(to))) await moveIfThere(from, to);
};

/**
 * Writes a file so that a reader sees all of it or nothing.
 *
 * @param workFolder The place of the unfinished file, which is swept when its process has been killed.
 */
export const storeFile = (path: string, content: Uint8Array | string, workFolder: string): Promise<void> =>
  storing(dirname(path), async () => writeDurably(path, content, workFolder));
