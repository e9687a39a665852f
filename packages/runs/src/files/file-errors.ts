import { systemErrorSentence } from '@dropout-lab/files/node';
import { RunDirectoryError } from '../errors.ts';

/**
 * Returns a failure of the file system as a {@link RunDirectoryError}.
 *
 * @param expected The aim: `to write a checkpoint`.
 * @param advice The next thing to do.
 */
export const fileError = (
  cause: unknown,
  path: string,
  expected: string,
  advice: string,
): RunDirectoryError => new RunDirectoryError(systemErrorSentence(cause, path, expected, advice), { cause });
