export { cacheDirectory } from './cache-directory.ts';
export { digestOfFile } from './digest-of-file.ts';
export { isProcessAlive } from './is-process-alive.ts';
export { isNotFound, systemErrorCode, systemErrorSentence } from './system-error.ts';
export { writeDurably } from './write-durably.ts';
