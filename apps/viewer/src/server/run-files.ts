import { checkpointFiles, runFiles } from '@dropout-lab/runs';

/**
 * The files of a run that are served and exported, relative to its folder: those that pages read, with the manifest and the
 * history, which are in the catalogue too, for other programs. Optimizer state is large, and nothing is drawn from it.
 */
export const servedRunFiles: readonly string[] = [
  runFiles.manifest,
  runFiles.evaluation,
  runFiles.predictions,
  runFiles.history,
  ...['last', 'best'].flatMap((name) =>
    [checkpointFiles.model, checkpointFiles.weights].map((file) => `${runFiles.checkpoints}/${name}/${file}`),
  ),
];
