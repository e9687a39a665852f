import type { EvaluationReport, Predictions, RunEvent, RunManifest } from '@dropout-lab/contracts';
import { type Checkpoint, encodeCheckpoint } from './checkpoints/checkpoint-format.ts';
import { historyCsv } from './events/history-csv.ts';
import { digestOf } from './files/digest.ts';
import { toJson, toJsonLine } from './files/json.ts';
import { checkpointNames, runFiles } from './files/layout.ts';

/** All of a run that was trained where there is no file system. */
export interface RunContents {
  readonly manifest: RunManifest;
  readonly events: readonly RunEvent[];
  /** Where training stands, and the best that it has seen. */
  readonly checkpoints: { readonly last?: Checkpoint; readonly best?: Checkpoint };
  readonly evaluation?: EvaluationReport;
  readonly predictions?: Predictions;
}

/**
 * The files of a run directory by path within it, as `@dropout-lab/runs/node` writes and reads them: put into a folder,
 * it can be evaluated, exported and gone on with. Works without a secure context, where browsers give no digest.
 *
 * @throws RunDirectoryError when an array's shape is not its length, or two of a checkpoint have one name.
 */
export const encodeRun = ({
  manifest,
  events,
  checkpoints,
  evaluation,
  predictions,
}: RunContents): Record<string, string | Uint8Array> => {
  const history = historyCsv(events);
  return {
    [runFiles.manifest]: toJson(manifest),
    [runFiles.events]: events.map(toJsonLine).join(''),
    ...(history !== '' && { [runFiles.history]: history }),
    ...(evaluation && { [runFiles.evaluation]: toJson(evaluation) }),
    ...(predictions && { [runFiles.predictions]: toJsonLine(predictions) }),
    ...Object.fromEntries(
      checkpointNames.flatMap((name) => {
        const checkpoint = checkpoints[name];
        if (!checkpoint) return [];
        return Object.entries(encodeCheckpoint(checkpoint, digestOf)).map(([file, content]) => [
          `${runFiles.checkpoints}/${name}/${file}`,
          content,
        ]);
      }),
    ),
  };
};
