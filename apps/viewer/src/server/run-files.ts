import { checkpointFiles, runFiles } from '@dropout-lab/runs';

/** What the pages read of a run, relative to its folder. Optimizer state is large and nothing is drawn from it. */
const served: readonly string[] = [
  runFiles.manifest,
  runFiles.evaluation,
  runFiles.predictions,
  runFiles.history,
  ...['last', 'best'].flatMap((name) =>
    [checkpointFiles.model, checkpointFiles.weights].map((file) => `${runFiles.checkpoints}/${name}/${file}`),
  ),
];

/** Whether a file of a run directory is one that pages may read. */
export const isServedRunFile = (path: string): boolean => served.includes(path);

/** All files of a run that pages may read, relative to its folder. */
export const servedRunFiles: readonly string[] = served;
