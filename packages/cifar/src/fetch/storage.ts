import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DropoutLabError } from '@dropout-lab/contracts';

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a file is in the place of a folder',
};

/** The cache cannot be written: full disk, read-only file system, missing permission. */
export class CifarStorageError extends DropoutLabError {
  override readonly name = 'CifarStorageError';

  constructor(
    readonly path: string,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(
      `${path}: expected to write here, but ${PROBLEMS[code]} (${code}); make room or permit writing, or name another folder in DROPOUT_LAB_CACHE`,
      options,
    );
  }
}

/** The `code` of a system error, if it is one. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Runs `work`, which writes at `path`, and turns the disk's refusals into a {@link CifarStorageError}. */
export const storing = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const code = errorCode(error);
    throw code !== undefined && code in PROBLEMS
      ? new CifarStorageError(path, code, { cause: error })
      : error;
  }
};

export const makeFolder = (path: string): Promise<unknown> =>
  storing(path, () => mkdir(path, { recursive: true }));

/** Moves a file; false when there was none. */
export const moveIfThere = (from: string, to: string): Promise<boolean> =>
  storing(to, () =>
    rename(from, to).then(
      () => true,
      (error) => {
        if (errorCode(error) === 'ENOENT') return false;
        throw error;
      },
    ),
  );

/** Writes a file so that a reader sees all of it or nothing: temporary file in `folder`, fsync, rename. */
export const writeDurably = (path: string, bytes: Uint8Array | string, folder: string): Promise<void> =>
  storing(dirname(path), async () => {
    const temporary = join(folder, `${crypto.randomUUID()}.tmp`);
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  });
