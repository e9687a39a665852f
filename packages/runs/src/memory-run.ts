import type {
  CheckpointName,
  EvaluationReport,
  Predictions,
  RunEvent,
  RunManifest,
} from '@dropout-lab/contracts';
import { type Checkpoint, encodeCheckpoint } from './checkpoints/checkpoint-format.ts';
import { historyCsv } from './events/history-csv.ts';
import { toJson, toJsonLine } from './files/json.ts';
import { checkpointNames, runFiles } from './files/layout.ts';
import type { RunStore } from './run-store.ts';

/** A run that is kept in memory, where there is no file system. */
export interface MemoryRun extends RunStore {
  /**
   * Returns the files of its run directory so far, by path within it, as `@dropout-lab/runs/node` writes and reads them:
   * put into a folder, the run can be evaluated, exported and resumed.
   *
   * @throws RunDirectoryError when an array of a checkpoint is not as long as its shape says, or two have one name.
   */
  files(): Promise<Record<string, string | Uint8Array>>;
}

/** Makes a run that is kept in memory. */
export const createMemoryRun = (manifest: RunManifest): MemoryRun => {
  const events: RunEvent[] = [];
  const checkpoints: { [Name in CheckpointName]?: Checkpoint } = {};
  let evaluation: EvaluationReport | undefined;
  let predictions: Predictions | undefined;
  return {
    manifest,
    append: (event) => {
      events.push(event);
    },
    saveCheckpoint: async (name, checkpoint) => {
      checkpoints[name] = checkpoint;
    },
    writeEvaluation: async (report) => {
      evaluation = report;
    },
    writePredictions: async (all) => {
      predictions = all;
    },
    close: async () => {},
    files: async () => {
      const history = historyCsv(events);
      const files = {
        [runFiles.manifest]: toJson(manifest),
        [runFiles.events]: events.map(toJsonLine).join(''),
        ...(history !== '' && { [runFiles.history]: history }),
        ...(evaluation && { [runFiles.evaluation]: toJson(evaluation) }),
        ...(predictions && { [runFiles.predictions]: toJsonLine(predictions) }),
      };
      const encoded = await Promise.all(
        checkpointNames.map(async (name) => {
          const checkpoint = checkpoints[name];
          return Object.entries(checkpoint ? await encodeCheckpoint(checkpoint) : {}).map(
            ([file, content]) => [`${runFiles.checkpoints}/${name}/${file}`, content] as const,
          );
        }),
      );
      return { ...files, ...Object.fromEntries(encoded.flat()) };
    },
  };
};
