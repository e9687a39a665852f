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
export { removeLeftovers } from './remove-leftovers.ts';
export { syncFolder } from './sync-folder.ts';
export { isNotFound, systemErrorCode, systemErrorSentence } from './system-error.ts';
export { writeByDigest } from './write-by-digest.ts';
export { writeDurably, writeSynced } from './write-durably.ts';
export { type FolderOptions, writeFolderDurably } from './write-folder-durably.ts';
