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

/** Makes a run that is kept in memory. */
export const createMemoryRun = (manifest: RunManifest): MemoryRun => {
  const events: RunEvent[] = [];
  let checkpoints: RunContents['checkpoints'] = {};
  let savedAfter: Partial<Record<CheckpointName, number>> = {};
  let evaluation: EvaluationReport | undefined;
  let predictions: Predictions | undefined;
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
