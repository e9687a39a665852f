import type {
  CheckpointName,
  EvaluationReport,
  Predictions,
  RunEvent,
  RunManifest,
} from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import { type Checkpoint, encodeCheckpoint } from './checkpoints/checkpoint-format.ts';
import { historyCsv } from './events/history-csv.ts';
import { toJson, toJsonLine } from './files/json.ts';
import { checkpointNames, runFiles } from './files/layout.ts';
import { sealed } from './files/seal.ts';
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
 * @param savedAfter The number of events before each checkpoint; all of them where it is left out.
 * @throws RunDirectoryError when an array of a checkpoint is not as long as its shape says, or two have one name.
 */
export const encodeRun = async (
  { manifest, events, checkpoints, evaluation, predictions }: RunContents,
  savedAfter: Readonly<Partial<Record<CheckpointName, number>>> = {},
): Promise<Record<string, string | Uint8Array>> => {
  const history = historyCsv(events);
  const lines = events.map(toJsonLine);
  const files = {
    [runFiles.manifest]: await encodeManifest(manifest),
    [runFiles.events]: lines.join(''),
    ...(history !== '' && { [runFiles.history]: history }),
    ...(evaluation && { [runFiles.evaluation]: toJson(await sealed(evaluation)) }),
    ...(predictions && { [runFiles.predictions]: toJsonLine(await sealed(predictions)) }),
  };
  const encoded = await Promise.all(
    checkpointNames.map(async (name) => {
      const checkpoint = checkpoints[name];
      const log = new TextEncoder().encode(lines.slice(0, savedAfter[name]).join(''));
      const beginning = { bytes: log.length, sha256: await sha256(log) };
      return Object.entries(checkpoint ? await encodeCheckpoint(checkpoint, manifest, beginning) : {}).map(
        ([file, content]) => [`${runFiles.checkpoints}/${name}/${file}`, content] as const,
      );
    }),
  );
  return { ...files, ...Object.fromEntries(encoded.flat()) };
};
