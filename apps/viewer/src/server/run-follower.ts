import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CheckpointName,
  DropoutLabError,
  type RunEvent,
  type RunManifest,
} from '@dropout-lab/contracts';
import { readRegularFile, systemErrorCode, systemErrorSentence } from '@dropout-lab/files/node';
import { checkpointFiles, decodeRun, RunDirectoryError, runFiles } from '@dropout-lab/runs';
import { findCheckpoint, isLocked } from '@dropout-lab/runs/node';
import { type CorruptRun, isCorrupt, type RunDigest } from '../shared/runs/catalogue.ts';
import { isServable, signatureOf } from './confined.ts';
import { type OwnImagesFile, ownImagesFile } from './images.ts';
import { openRunLog } from './run-log.ts';

/** Follows one run directory as it grows. */
export interface RunFollower {
  /** The run as of the last look; the same object while it does not change. */
  readonly run: RunDigest | CorruptRun;
  /** The file of the user's own images that it was trained on, where it is there. */
  readonly ownImages: OwnImagesFile | undefined;
  /**
   * Looks again; whatever is wrong with the run is its state, and fails nobody else.
   *
   * @returns `run` when the run or its state is another, `events` when there are more of them, else nothing.
   */
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
 * @param dataFolder The folder of the cache, which has the images of runs on a user's own.
 * @param signal Ends reading early.
 */
export const followRun = (
  root: string,
  name: string,
  dataFolder: string | undefined,
  signal: AbortSignal,
): RunFollower => {
  const folder = join(root, name);
  const log = openRunLog(root, folder, signal);
  let run: RunDigest | CorruptRun = { name, error: 'not read yet' };
  // Of the viewers of a folder, one that is started later has the higher numbers.
  let revision = Date.now();

  const manifest = whenChanged(join(folder, runFiles.manifest), () => readManifest(root, folder));
  const events = whenChanged(join(folder, runFiles.events), () => log.read());
  const servable = (file: string) =>
    whenChanged(join(folder, file), () => isServable(root, join(folder, file)));
  const checkpoints = (['last', 'best'] as const).map((checkpoint) => ({
    checkpoint,
    isThere: whenChanged(
      join(folder, runFiles.checkpoints, checkpoint, checkpointFiles.weights),
      async () => {
        // It may be about to be replaced.
        const found = await findCheckpoint(join(folder, runFiles.checkpoints), checkpoint).catch(
          () => undefined,
        );
        return found !== undefined && isServable(root, join(found.path, checkpointFiles.weights));
      },
    ),
  }));
  const hasEvaluation = servable(runFiles.evaluation);
  const hasPredictions = servable(runFiles.predictions);

  let ownImages: OwnImagesFile | undefined;

  const lookAtImages = async ({ isNew, value }: { isNew: boolean; value: RunManifest }): Promise<boolean> => {
    if (isNew) ownImages = ownImagesFile(value.config.dataset, dataFolder);
    if (ownImages === undefined) return false;
    const { path, bytes } = ownImages;
    return lstat(path).then(
      (file) => file.isFile() && file.size === bytes,
      () => false,
    );
  };

  const lookAtFiles = async () => {
    const read = await manifest();
    const of = read.value;
    const { isNew, value } = await events();
    const there: CheckpointName[] = [];
    for (const { checkpoint, isThere } of checkpoints) if ((await isThere()).value) there.push(checkpoint);
    const digest: RunDigest = {
      name,
      revision,
      manifest: of,
      events: log.events,
      isThinned: log.isThinned,
      isBeingWritten: isLocked(folder),
      checkpoints: there,
      hasEvaluation: (await hasEvaluation()).value,
      hasPredictions: (await hasPredictions()).value,
      ...((await lookAtImages(read)) && { hasImages: true }),
    };
    return { digest, ...(isNew ? value : { restarted: false, added: [] }) };
  };

  return {
    get run() {
      return run;
    },
    get ownImages() {
      return isCorrupt(run) || !run.hasImages ? undefined : ownImages;
    },
    look: async () => {
      const before = run;
      try {
        const { digest, restarted, added } = await lookAtFiles();
        const isOther = restarted || stateOf(digest) !== stateOf(before);
        if (!isOther && added.length === 0) return undefined;
        run = { ...digest, revision: ++revision };
        return isOther ? { kind: 'run' } : { kind: 'events', events: added };
      } catch (error) {
        const corrupt = { name, error: sentenceOf(error, root, folder) };
        if (stateOf(corrupt) === stateOf(before)) return undefined;
        run = corrupt;
        return { kind: 'run' };
      }
    },
  };
};

/** Returns a function that reads a file when it is another than at the last time; what was found then, also an error, is found again. */
const whenChanged = <T>(path: string, read: () => Promise<T>) => {
  let signature: string | undefined;
  let last: { readonly value: T } | { readonly error: unknown } | undefined;
  return async (): Promise<{ readonly isNew: boolean; readonly value: T }> => {
    const now = await lstat(path).then(signatureOf, () => 'none');
    const isNew = now !== signature || last === undefined;
    if (isNew) {
      last = await read().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
    }
    signature = now;
    if ('value' in last!) return { isNew, value: last.value };
    // Of what the system says, such as too many open files, the file shows nothing.
    if (systemErrorCode((last!.error as Error).cause) !== undefined) signature = undefined;
    throw last!.error;
  };
};

const readManifest = async (root: string, folder: string): Promise<RunManifest> => {
  const path = join(folder, runFiles.manifest);
  const { bytes } = await readRegularFile(path, { within: root, limit: LARGEST_MANIFEST }).catch((error) => {
    const expected = 'a file of at most 1 MB that is not a link';
    throw new RunDirectoryError(systemErrorSentence(error, path, expected, 'restore it from a copy'), {
      cause: error,
    });
  });
  return (await decodeRun({ [runFiles.manifest]: bytes }, folder)).manifest;
};

/** Returns everything of a run that can change, apart from its events. */
const stateOf = (run: RunDigest | CorruptRun): string =>
  JSON.stringify('error' in run ? run : { ...run, revision: 0, manifest: run.manifest.id, events: [] });

/** Returns the error's own sentence, without the paths of this machine. */
const sentenceOf = (error: unknown, root: string, folder: string): string =>
  error instanceof DropoutLabError
    ? error.message.replaceAll(`${folder}/`, '').replaceAll(root, 'the folder of runs')
    : 'expected a run directory, but it cannot be read';
