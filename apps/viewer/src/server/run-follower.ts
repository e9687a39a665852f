import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointName, DropoutLabError, type RunEvent } from '@dropout-lab/contracts';
import { checkpointFiles, parseEventLog, runFiles } from '@dropout-lab/runs';
import { openRunDirectory, type RunReader } from '@dropout-lab/runs/node';
import { type CorruptRun, type RunDigest, withEvents } from '../shared/runs/catalogue.ts';
import { readConfined } from './confined.ts';

/** Follows one run directory as it grows. */
export interface RunFollower {
  /** The run as of the last look. */
  readonly run: RunDigest | CorruptRun;
  /** Looks again. @returns `run` when the run or its state is another, `events` when there are more of them, else nothing. */
  look(): Promise<
    { readonly kind: 'run' } | { readonly kind: 'events'; readonly events: readonly RunEvent[] } | undefined
  >;
}

const MEGABYTE = 2 ** 20;
const LARGEST_MANIFEST = MEGABYTE;
const LARGEST_LOG = 512 * MEGABYTE;
/** An event takes some 200 bytes. */
const LONGEST_LINE = 64 * 1024;

const STEP = '{"kind":"step"';

/**
 * Returns the events of complete lines. Of consecutive steps only the last is parsed: a run has thousands of them, and
 * only the last is drawn.
 */
const eventsOf = (text: string): RunEvent[] => {
  const lines = text.split('\n').filter((line) => line !== '' && line.length <= LONGEST_LINE);
  const worth = lines.filter(
    (line, i) => !(line.startsWith(STEP) && (lines[i + 1]?.startsWith(STEP) ?? false)),
  );
  return parseEventLog(worth.map((line) => `${line}\n`).join('')).events;
};

/**
 * Follows the run directory `root/name`, whose files are untrusted.
 *
 * @param root The real path of the folder of runs.
 * @param name Relative to `root`, as `findRuns` gives.
 */
export const followRun = (root: string, name: string): RunFollower => {
  const folder = join(root, name);
  const checkpointOf = (checkpoint: CheckpointName): string =>
    join(folder, runFiles.checkpoints, checkpoint, checkpointFiles.weights);
  let run: RunDigest | CorruptRun = { name, error: 'not read yet' };
  let reader: RunReader | CorruptRun = { name, error: 'not read yet' };
  let manifestSignature: string | undefined;
  let logSignature: string | undefined;
  let log = emptyLog();

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

  /** Reads what was appended to the log since the last look; all of it when it is another file. */
  const readLog = async (): Promise<{ readonly restarted: boolean; readonly added: readonly RunEvent[] }> => {
    const path = join(folder, runFiles.events);
    const read = await readConfined(root, path, { offset: log.offset, limit: LARGEST_LOG });
    if (read === undefined) return { restarted: false, added: [] };
    const file = `${read.stats.dev}/${read.stats.ino}`;
    if (log.file !== undefined && (file !== log.file || read.stats.size < log.offset)) {
      log = emptyLog();
      return { restarted: true, added: (await readLog()).added };
    }
    const bytes = Buffer.concat([log.rest, read.bytes]);
    const end = bytes.lastIndexOf('\n') + 1;
    const added = eventsOf(bytes.subarray(0, end).toString('utf8'));
    log = {
      file,
      offset: log.offset + read.bytes.length,
      rest: bytes.subarray(end),
      events: withEvents(log.events, added),
    };
    return { restarted: false, added };
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
        logNow === logSignature ? { restarted: false, added: [] } : await readLog();
      logSignature = logNow;

      const before = run;
      run = await digest();
      if (restarted || stateOf(run) !== stateOf(before)) return { kind: 'run' };
      return added.length > 0 ? { kind: 'events', events: added } : undefined;
    },
  };
};

/** How far a log was read. */
interface Log {
  readonly file: string | undefined;
  readonly offset: number;
  /** Of a line that does not end yet. */
  readonly rest: Uint8Array;
  readonly events: readonly RunEvent[];
}

const emptyLog = (): Log => ({ file: undefined, offset: 0, rest: new Uint8Array(0), events: [] });

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
