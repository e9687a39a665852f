import type { EvaluationReport, Predictions, RunEvent, RunManifest } from '@dropout-lab/contracts';
import { type Checkpoint, encodeCheckpoint } from './checkpoints/checkpoint-format.ts';
import { historyCsv } from './events/history-csv.ts';
import { toJson, toJsonLine } from './files/json.ts';
import { checkpointNames, runFiles } from './files/layout.ts';
import { encodeManifest } from './manifest-file.ts';

/** All of a run, as it stands in its directory or in memory. */
export interface RunContents {
  readonly manifest: RunManifest;
  readonly events: readonly RunEvent[];
  /** `last` is where training stands, `best` the best that it has seen. */
  readonly checkpoints: { readonly last?: Checkpoint; readonly best?: Checkpoint };
  readonly evaluation?: EvaluationReport;
  readonly predictions?: Predictions;
}

/**
 * Returns the files of a run's directory, by path within it, as `@dropout-lab/runs/node` writes and reads them: put into a
 * folder, the run can be evaluated, exported and resumed.
 *
 * @throws RunDirectoryError when an array of a checkpoint is not as long as its shape says, or two have one name.
 */
export const encodeRun = async ({
  manifest,
  events,
  checkpoints,
  evaluation,
  predictions,
}: RunContents): Promise<Record<string, string | Uint8Array>> => {
  const history = historyCsv(events);
  const files = {
    [runFiles.manifest]: await encodeManifest(manifest),
    [runFiles.events]: events.map(toJsonLine).join(''),
    ...(history !== '' && { [runFiles.history]: history }),
    ...(evaluation && { [runFiles.evaluation]: toJson(evaluation) }),
    ...(predictions && { [runFiles.predictions]: toJsonLine(predictions) }),
  };
  const encoded = await Promise.all(
    checkpointNames.map(async (name) => {
      const checkpoint = checkpoints[name];
      return Object.entries(checkpoint ? await encodeCheckpoint(checkpoint, manifest) : {}).map(
        ([file, content]) => [`${runFiles.checkpoints}/${name}/${file}`, content] as const,
      );
    }),
  );
  return { ...files, ...Object.fromEntries(encoded.flat()) };
};
