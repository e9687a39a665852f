import { join } from 'node:path';
import { checkpointFiles, encodeManifest, runFiles } from '@dropout-lab/runs';
import type { RunDigest } from '../shared/runs/catalogue.ts';
import { type FileInParts, ofText, openConfined } from './confined.ts';

/**
 * The files of a run that are served and exported as they are, relative to its folder: those that pages read, and the
 * history, which is in the digest too, for other programs. Optimizer state is large, and nothing is drawn from it.
 */
const servedAsTheyAre: readonly string[] = [
  runFiles.evaluation,
  runFiles.predictions,
  runFiles.history,
  ...['last', 'best'].flatMap((name) =>
    [checkpointFiles.model, checkpointFiles.weights].map((file) => `${runFiles.checkpoints}/${name}/${file}`),
  ),
];

/** The files of a run that {@link openRunFile} may find. */
export const servedRunFiles: readonly string[] = [runFiles.manifest, ...servedAsTheyAre];

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
  { name, manifest }: RunDigest,
  file: string,
): Promise<FileInParts | undefined> => {
  if (file === runFiles.manifest) return ofText(await encodeManifest(manifest));
  return servedAsTheyAre.includes(file) ? openConfined(root, join(root, name, file)) : undefined;
};
