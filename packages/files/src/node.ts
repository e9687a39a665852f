export { cacheDirectory } from './cache-directory.ts';
export { digestOfFile } from './digest-of-file.ts';
export { removeLeftovers } from './durable/remove-leftovers.ts';
export { syncFolder } from './durable/sync-folder.ts';
export { writeByDigest } from './durable/write-by-digest.ts';
export { writeDurably, writeSynced } from './durable/write-durably.ts';
export { type FolderOptions, writeFolderDurably } from './durable/write-folder-durably.ts';
export { isProcessAlive } from './is-process-alive.ts';
export { liesWithin, realPlace } from './lies-within.ts';
export { makeFolder } from './make-folder.ts';
export {
  kindOf,
  type OpenedFile,
  openRegularFile,
  type ReadOptions,
  RefusedFileError,
  type RegularFile,
  readRegularFile,
  readRegularFileSync,
} from './read-regular-file.ts';
export { readTextFile } from './read-text-file.ts';
export { replaceableFile, requireFilePlace, requireFolderPlace, requireMakeable } from './require-place.ts';
export { isFileError, isNotFound, systemErrorCode, systemErrorSentence } from './system-error.ts';
