import { RunDirectoryError } from '../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would exceed the size limit',
  ENOTDIR: 'a part of the path is a file',
  ENOENT: 'it does not exist',
  EISDIR: 'it is a folder',
  EMFILE: 'too many files are open',
};

export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code;

/**
 * A failure of the file system as one sentence.
 *
 * @param expected What was wanted of the path: `a folder that can be written`.
 * @param advice What to do next.
 */
export const fileError = (
  error: unknown,
  path: string,
  expected: string,
  advice: string,
): RunDirectoryError => {
  const reason = reasons[codeOf(error) ?? ''] ?? String(error);
  return new RunDirectoryError(`${path}: expected ${expected}, but ${reason}; ${advice}`, { cause: error });
};
