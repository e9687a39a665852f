export {
  type Checkpoint,
  type CheckpointContents,
  decodeCheckpoint,
  decodeWeights,
} from './checkpoint-format.ts';
export { encodeRun, type RunContents } from './encode-run.ts';
export {
  CheckpointCorruptError,
  CheckpointMissingError,
  RunDirectoryError,
  RunExistsError,
  RunLockedError,
} from './errors.ts';
export { type EventLog, parseEventLog } from './event-log.ts';
export { type EpochRow, type RunStatus, readHistory, runStatus, withoutVoided } from './history.ts';
export { historyCsv } from './history-csv.ts';
export { checkpointFiles, runFiles } from './layout.ts';
export { createMemoryRun, type MemoryRun } from './memory-run.ts';
export { type NewRun, newRunManifest } from './new-run-manifest.ts';
export { configDigest, newRunId } from './run-id.ts';
export type { RunStore } from './run-store.ts';
