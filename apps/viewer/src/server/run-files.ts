import { join } from 'node:path';
import type { CheckpointName } from '@dropout-lab/contracts';
import { checkpointFiles, encodeManifest, runFiles } from '@dropout-lab/runs';
import { findCheckpoint } from '@dropout-lab/runs/node';
import type { RunDigest } from '../shared/runs/catalogue.ts';
import { type FileInParts, ofText, openConfined } from './confined.ts';

/**
 * The files of a run that are served and exported as they are: those that pages read, and the history, which is in the digest
 * too, for other programs. Optimizer state is large, and nothing is drawn from it.
 */
const servedAsTheyAre: readonly string[] = [runFiles.evaluation, runFiles.predictions, runFiles.history];
const servedOfCheckpoints: readonly string[] = [checkpointFiles.model, checkpointFiles.weights];

/** Files of a run, by their paths in its folder, that {@link openRunFiles} opens together. */
export const servedRunFiles: readonly (readonly string[])[] = [
  ...[runFiles.manifest, ...servedAsTheyAre].map((file) => [file]),
  ...['last', 'best'].map((name) =>
    servedOfCheckpoints.map((file) => `${runFiles.checkpoints}/${name}/${file}`),
  ),
];

/**
 * Opens a file of a run that is served and exported. `run.json` is written anew from what its digest has: those of earlier
 * versions have passwords in their command lines.
 *
 * @param root The real path of the folder of runs.
 * @param file Relative to the run's folder.
 * @returns Undefined where the run has no such file, or none that is served.
 */
export const openRunFile = async (
  root: string,
  run: RunDigest,
  file: string,
): Promise<FileInParts | undefined> => (await openRunFiles(root, run, [file]))[0];

/** {@link openRunFile}, of several; those of a checkpoint are of the same one, also while another takes its place. */
export const openRunFiles = async (
  root: string,
  { name, manifest }: RunDigest,
  files: readonly string[],
): Promise<readonly (FileInParts | undefined)[]> => {
  const [, checkpoint] = inCheckpoint.exec(files[0]!) ?? [];
  if (checkpoint !== undefined)
    return openOfCheckpoint(
      root,
      join(root, name, runFiles.checkpoints),
      checkpoint as CheckpointName,
      files,
    );
  return Promise.all(
    files.map(async (file) => {
      if (file === runFiles.manifest) return ofText(await encodeManifest(manifest));
      return servedAsTheyAre.includes(file) ? openConfined(root, join(root, name, file)) : undefined;
    }),
  );
};

const inCheckpoint = new RegExp(`^${runFiles.checkpoints}/(last|best)/([^/]+)$`);

const openOfCheckpoint = async (
  root: string,
  folder: string,
  checkpoint: CheckpointName,
  paths: readonly string[],
): Promise<readonly (FileInParts | undefined)[]> => {
  const find = () => findCheckpoint(folder, checkpoint).catch(() => undefined);
  for (;;) {
    const found = await find();
    const opened = await Promise.all(
      paths.map((path) => {
        const file = inCheckpoint.exec(path)?.[2];
        const isServed = found !== undefined && file !== undefined && servedOfCheckpoints.includes(file);
        return isServed ? openConfined(root, join(found.path, file)) : undefined;
      }),
    );
    // Another one, or the same one in the place of that which it replaces.
    const now = await find();
    if (now?.identity === found?.identity) return opened;
    for (const file of opened) await file?.close();
  }
};
