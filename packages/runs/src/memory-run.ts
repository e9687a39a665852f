import type {
  CheckpointName,
  EvaluationReport,
  Predictions,
  RunEvent,
  RunManifest,
} from '@dropout-lab/contracts';
import { encodeRun, type RunContents } from './encode-run.ts';
import type { RunStore } from './run-store.ts';

/** A run that is kept in memory, where there is no file system. */
export interface MemoryRun extends RunStore {
  /** Returns all of it so far. */
  contents(): RunContents;
  /** Returns the files of its run directory so far, as {@link encodeRun} does. @throws RunDirectoryError as it does. */
  files(): Promise<Record<string, string | Uint8Array>>;
}

/**
 * Makes a run that is kept in memory.
 *
 * @param before What there is of it already, as `decodeRun` returns it, when it is resumed.
 */
export const createMemoryRun = (
  manifest: RunManifest,
  before: Omit<RunContents, 'manifest'> = { events: [], checkpoints: {} },
): MemoryRun => {
  const events: RunEvent[] = [...before.events];
  let { checkpoints } = before;
  let savedAfter: Partial<Record<CheckpointName, number>> = {};
  let evaluation: EvaluationReport | undefined = before.evaluation;
  let predictions: Predictions | undefined = before.predictions;
  const contents = (): RunContents => ({
    manifest,
    events: [...events],
    checkpoints,
    ...(evaluation && { evaluation }),
    ...(predictions && { predictions }),
  });
  return {
    manifest,
    append: (event) => {
      events.push(event);
    },
    saveCheckpoint: async (name, checkpoint) => {
      checkpoints = { ...checkpoints, [name]: checkpoint };
      savedAfter = { ...savedAfter, [name]: events.length };
    },
    writeEvaluation: async (report) => {
      evaluation = report;
    },
    writePredictions: async (all) => {
      predictions = all;
    },
    close: async () => {},
    contents,
    files: () => encodeRun(contents(), savedAfter),
  };
};
