export { cacheDirectory } from './cache-directory.ts';
export { digestOfFile } from './digest-of-file.ts';
export { isProcessAlive } from './is-process-alive.ts';
export { makeFolder } from './make-folder.ts';
export {
  type ReadOptions,
  RefusedFileError,
  type RegularFile,
  readRegularFile,
  readRegularFileSync,
} from './read-regular-file.ts';
export { readTextFile } from './read-text-file.ts';
export { isNotFound, systemErrorCode, systemErrorSentence } from './system-error.ts';
export { writeDurably } from './write-durably.ts';
