import { type CheckpointName, evaluationReportSchema, predictionsSchema } from '@dropout-lab/contracts';
import type { z } from 'zod';
import {
  type CheckpointContents,
  decodeCheckpoint,
  requireIntact,
  trainedManifestOf,
} from './checkpoints/checkpoint-format.ts';
import type { RunContents } from './encode-run.ts';
import { CheckpointCorruptError, RunDirectoryError } from './errors.ts';
import { parseEventLog } from './events/event-log.ts';
import { checkpointFiles, checkpointNames, runFiles } from './files/layout.ts';
import { parseSealed } from './files/sealed-json.ts';
import { decodeManifest } from './manifest-file.ts';

/**
 * Reads the run in the files of its directory: the inverse of {@link encodeRun}, for files of earlier versions too.
 * Checkpoints are verified by their checksums.
 *
 * @param files Contents by path within the directory. All but `run.json` may be missing.
 * @param where The directory, for errors.
 * @throws RunDirectoryError when there is no `run.json`, or a file is damaged; RunChangedError when `run.json` is not as it
 *   was written, or not as a checkpoint was trained with.
 * @throws ConfigError when a file is of another form or of a newer version.
 */
export const decodeRun = async (
  files: Readonly<Record<string, string | Uint8Array>>,
  where: string,
): Promise<RunContents> => {
  const text = (path: string): string | undefined => {
    const content = files[path];
    return content instanceof Uint8Array ? new TextDecoder().decode(content) : content;
  };
  const parsed = async <S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined> => {
    const content = text(path);
    return content === undefined ? undefined : parseSealed(content, schema, `${where}/${path}`);
  };
  if (text(runFiles.manifest) === undefined) {
    throw new RunDirectoryError(
      `${where}: expected the files of a run, found no ${runFiles.manifest} among them: give all that the run was saved as`,
    );
  }
  const manifest = await decodeManifest(text(runFiles.manifest)!, `${where}/${runFiles.manifest}`, () =>
    trainedManifestOf(checkpointNames.map((name) => text(statePath(name)))),
  );
  const checkpoint = async (name: CheckpointName) => {
    const folder = `${runFiles.checkpoints}/${name}`;
    const [model, weights, optimizer, state] = [
      text(`${folder}/${checkpointFiles.model}`),
      bytes(files[`${folder}/${checkpointFiles.weights}`]),
      bytes(files[`${folder}/${checkpointFiles.optimizer}`]),
      text(statePath(name)),
    ];
    if (state === undefined) return undefined;
    const place = `${where}/${folder}`;
    if (model === undefined || weights === undefined || optimizer === undefined) {
      throw new CheckpointCorruptError(place, Object.values(checkpointFiles).join(', '), 'fewer files');
    }
    const contents: CheckpointContents = {
      'model.json': model,
      'weights.bin': weights,
      'optimizer.bin': optimizer,
      'state.json': state,
    };
    await requireIntact(contents, manifest, place);
    return decodeCheckpoint(contents, manifest.config, place);
  };
  const evaluation = await parsed(runFiles.evaluation, evaluationReportSchema);
  const predictions = await parsed(runFiles.predictions, predictionsSchema);
  const checkpoints = await Promise.all(
    checkpointNames.map(async (name) => {
      const found = await checkpoint(name);
      return found ? [[name, found] as const] : [];
    }),
  );
  return {
    manifest,
    events: parseEventLog(text(runFiles.events) ?? '').events,
    checkpoints: Object.fromEntries(checkpoints.flat()),
    ...(evaluation && { evaluation }),
    ...(predictions && { predictions }),
  };
};

const statePath = (name: CheckpointName): string =>
  `${runFiles.checkpoints}/${name}/${checkpointFiles.state}`;

const bytes = (content: string | Uint8Array | undefined): Uint8Array | undefined =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;
