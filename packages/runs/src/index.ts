export {
  type Checkpoint,
  type CheckpointContents,
  decodeCheckpoint,
  decodeWeights,
} from './checkpoints/checkpoint-format.ts';
export { decodeRun } from './decode-run.ts';
export { encodeRun, type RunContents } from './encode-run.ts';
export {
  CheckpointCorruptError,
  CheckpointMissingError,
  RunChangedError,
  RunDirectoryError,
  RunExistsError,
  RunLockedError,
  RunUnreadableError,
} from './errors.ts';
export { type EventLog, parseEventLog } from './events/event-log.ts';
export {
  createGapFinder,
  type EventGaps,
  type GapFinder,
  gapsInWords,
  type NumberRange,
  type ReachedProgress,
} from './events/gaps.ts';
export { type EpochRow, type RunStatus, readHistory, runStatus, withoutVoided } from './events/history.ts';
export { historyCsv } from './events/history-csv.ts';
export { checkpointFiles, runFiles } from './files/layout.ts';
export { isUnfinished } from './files/unfinished.ts';
export { decodeManifest, encodeManifest } from './manifest-file.ts';
export { createMemoryRun, type MemoryRun } from './memory-run.ts';
export { type NewRun, newRunManifest, noImagesOf } from './new-run-manifest.ts';
export { configDigest, newRunId } from './run-id.ts';
export type { RunStore } from './run-store.ts';
