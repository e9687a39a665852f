import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointName, DropoutLabError, type RunEvent } from '@dropout-lab/contracts';
import { checkpointFiles, runFiles } from '@dropout-lab/runs';
import { openRunDirectory, type RunReader } from '@dropout-lab/runs/node';
import type { CorruptRun, RunDigest } from '../shared/runs/catalogue.ts';
import { readConfined } from './confined.ts';
import { openRunLog } from './run-log.ts';

/** Follows one run directory as it grows. */
export interface RunFollower {
  /** The run as of the last look. */
  readonly run: RunDigest | CorruptRun;
  /** Looks again. @returns `run` when the run or its state is another, `events` when there are more of them, else nothing. */
  look(): Promise<
    { readonly kind: 'run' } | { readonly kind: 'events'; readonly events: readonly RunEvent[] } | undefined
  >;
}

const LARGEST_MANIFEST = 2 ** 20;

/**
 * Follows the run directory `root/name`, whose files are untrusted.
 *
 * @param root The real path of the folder of runs.
 * @param name Relative to `root`, as `findRuns` gives.
 */
export const followRun = (root: string, name: string): RunFollower => {
  const folder = join(root, name);
  const log = openRunLog(root, folder);
  const checkpointOf = (checkpoint: CheckpointName): string =>
    join(folder, runFiles.checkpoints, checkpoint, checkpointFiles.weights);
  let run: RunDigest | CorruptRun = { name, error: 'not read yet' };
  let reader: RunReader | CorruptRun = { name, error: 'not read yet' };
  let manifestSignature: string | undefined;
  let logSignature: string | undefined;

  const readManifest = async (): Promise<RunReader | CorruptRun> => {
    try {
      const path = join(folder, runFiles.manifest);
      if ((await readConfined(root, path, { limit: LARGEST_MANIFEST })) === undefined) {
        return {
          name,
          error: `${runFiles.manifest}: expected a file of at most 1 MB that is not a link, found none`,
        };
      }
      return await openRunDirectory(folder);
    } catch (error) {
      return { name, error: sentenceOf(error, folder) };
    }
  };

  const digest = async (): Promise<RunDigest | CorruptRun> => {
    if ('error' in reader) return reader;
    const checkpoints: CheckpointName[] = [];
    for (const checkpoint of ['last', 'best'] as const) {
      if ((await signatureOf(checkpointOf(checkpoint))) !== undefined) checkpoints.push(checkpoint);
    }
    return {
      name,
      manifest: reader.manifest,
      events: log.events,
      isBeingWritten: reader.isBeingWritten(),
      checkpoints,
      hasEvaluation: (await signatureOf(join(folder, runFiles.evaluation))) !== undefined,
      hasPredictions: (await signatureOf(join(folder, runFiles.predictions))) !== undefined,
    };
  };

  return {
    get run() {
      return run;
    },
    look: async () => {
      const manifestNow = await signatureOf(join(folder, runFiles.manifest));
      if (manifestNow !== manifestSignature || manifestNow === undefined) reader = await readManifest();
      manifestSignature = manifestNow;

      const logNow = await signatureOf(join(folder, runFiles.events));
      const { restarted, added } =
        logNow === logSignature ? { restarted: false, added: [] } : await log.read();
      logSignature = logNow;

      const before = run;
      run = await digest();
      if (restarted || stateOf(run) !== stateOf(before)) return { kind: 'run' };
      return added.length > 0 ? { kind: 'events', events: added } : undefined;
    },
  };
};

/** Returns a text that changes when a file does; undefined where there is none. */
const signatureOf = (path: string): Promise<string | undefined> =>
  stat(path).then(
    ({ ino, size, mtimeMs }) => `${ino}/${size}/${mtimeMs}`,
    () => undefined,
  );

/** Returns everything of a run that can change, apart from its events. */
const stateOf = (run: RunDigest | CorruptRun): string =>
  JSON.stringify('error' in run ? run : { ...run, manifest: run.manifest.id, events: [] });

/** Returns the error's own sentence, without the path of this machine. */
const sentenceOf = (error: unknown, folder: string): string =>
  error instanceof DropoutLabError
    ? error.message.replaceAll(`${folder}/`, '')
    : `${runFiles.manifest}: cannot be read`;
