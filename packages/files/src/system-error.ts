import { getSystemErrorMap } from 'node:util';
import { RefusedFileError } from './read-regular-file.ts';

/** Returns the code of a system error, such as `ENOENT`; undefined for any other error. */
export const systemErrorCode = (error: unknown): string | undefined => {
  const { code, errno } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof errno === 'number' ? code : undefined;
};

/** Whether an error says that there is no such file or folder. */
export const isNotFound = (error: unknown): boolean => {
  const code = systemErrorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
};

/** Whether {@link systemErrorSentence} says what an error is: a failure of the file system, or a {@link RefusedFileError}. */
export const isFileError = (error: unknown): boolean =>
  error instanceof RefusedFileError || systemErrorCode(error) !== undefined;

/**
 * Returns a failure of the file system, or a {@link RefusedFileError}, as one sentence: `runs/a: expected to make a folder
 * for the run, but the system says "no space left on device" (ENOSPC); choose another place`.
 *
 * @param expected The aim: `to write a checkpoint`.
 * @param advice The next thing to do; that of a refusal, or to check name and permissions, when left out.
 */
export const systemErrorSentence = (
  error: unknown,
  path: string,
  expected: string,
  advice = error instanceof RefusedFileError ? error.advice : 'check its name and permissions',
): string => {
  if (error instanceof RefusedFileError)
    return `${path}: expected ${expected}, but ${error.message}; ${advice}`;
  const [code, words] = getSystemErrorMap().get((error as NodeJS.ErrnoException | null)?.errno ?? 0) ?? [];
  const reason = code === undefined ? String(error) : `the system says "${words}" (${code})`;
  return `${path}: expected ${expected}, but ${reason}; ${advice}`;
};
