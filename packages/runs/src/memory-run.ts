import type { EvaluationReport, Predictions, RunEvent, RunManifest } from '@dropout-lab/contracts';
import { encodeRun, type RunContents } from './encode-run.ts';
import type { RunStore } from './run-store.ts';

/** A run that is kept in memory, where there is no file system. */
export interface MemoryRun extends RunStore {
  /** The files of its run directory so far, as {@link encodeRun} gives them. @throws RunDirectoryError as it does. */
  files(): Record<string, string | Uint8Array>;
}

/** Makes a run that is kept in memory. */
export const createMemoryRun = (manifest: RunManifest): MemoryRun => {
  const events: RunEvent[] = [];
  let checkpoints: RunContents['checkpoints'] = {};
  let evaluation: EvaluationReport | undefined;
  let predictions: Predictions | undefined;
  return {
    manifest,
    append: (event) => {
      events.push(event);
    },
    saveCheckpoint: async (name, checkpoint) => {
      checkpoints = { ...checkpoints, [name]: checkpoint };
    },
    writeEvaluation: async (report) => {
      evaluation = report;
    },
    writePredictions: async (all) => {
      predictions = all;
    },
    close: async () => {},
    files: () =>
      encodeRun({
        manifest,
        events,
        checkpoints,
        ...(evaluation && { evaluation }),
        ...(predictions && { predictions }),
      }),
  };
};
