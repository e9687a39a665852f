import { type CorruptRun, isCorrupt, type RunDigest } from '../shared/runs/catalogue.ts';
import type { StudyInfo } from '../shared/runs/studies.ts';
import { catalogueToJson, runToJson } from '../shared/runs/summary.ts';
import { findRuns } from './find-runs.ts';
import type { OwnImagesFile } from './images.ts';
import { followRun, type RunFollower } from './run-follower.ts';
import { followStudies, reportsBeside } from './studies.ts';

/** Watches a folder of runs. */
export interface RunsWatcher {
  /** All runs as of the last look. */
  runs(): readonly (RunDigest | CorruptRun)[];
  /** The same, as the JSON of a `Catalogue`. */
  catalogue(): string;
  /** The run of this name as of the last look; undefined where none can be read. */
  digest(name: string): RunDigest | undefined;
  /** The studies that they are of. */
  studies(): readonly StudyInfo[];
  /** The files of the users' own images that these runs were trained on. */
  ownImages(): readonly OwnImagesFile[];
  /** Calls the listener with the JSON of a `LiveMessage` at every change until the returned function is called. */
  subscribe(listener: (message: string) => void): () => void;
  /** Looks now. */
  refresh(): Promise<void>;
  close(): void;
}

/** Short enough that an event is on the page within a second. */
const INTERVAL_MS = 250;
/** The folder itself, and the runs that no process writes, are looked at only every third time. */
const SELDOM = 3;

interface WatchOptions {
  readonly place: string;
  readonly images: readonly string[];
  /** The folder of the cache; that of the user by default. */
  readonly dataFolder?: string | undefined;
  /** The folder of the folders of reports; that beside the folder of runs by default. */
  readonly reportsFolder?: string | undefined;
  /** The one run to show, relative to the root; all by default. */
  readonly only?: string | undefined;
}

/**
 * Watches the runs of a folder by looking at them: file system notifications are lost on network drives, in
 * containers and when many files change. While nobody subscribes, nothing is looked at.
 *
 * @param root The folder's real path; it may not exist yet.
 */
export const watchRuns = (
  root: string,
  { place, images, dataFolder, reportsFolder, only }: WatchOptions,
): RunsWatcher => {
  const followers = new Map<string, RunFollower>();
  const listeners = new Set<(message: string) => void>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  const closing = new AbortController();
  let looks = 0;
  const records = followStudies(root, reportsFolder ?? reportsBeside(root));
  let studies: readonly StudyInfo[] = [];

  const send = (message: object): void => {
    if (listeners.size === 0) return;
    const text = JSON.stringify(message);
    for (const listener of listeners) listener(text);
  };

  const look = async (all: boolean): Promise<void> => {
    if (!all) {
      for (const follower of followers.values()) if (isBeingWritten(follower)) await lookAt(follower);
      return;
    }
    const names = await findRuns(root, only);
    for (const name of followers.keys()) {
      if (names.includes(name)) continue;
      followers.delete(name);
      send({ kind: 'gone', name });
    }
    for (const name of names) {
      const follower = followers.get(name) ?? followRun(root, name, dataFolder, closing.signal);
      followers.set(name, follower);
      await lookAt(follower);
    }
    const found = await records.look(runs());
    const isNew = JSON.stringify(found) !== JSON.stringify(studies);
    studies = found;
    if (isNew) send({ kind: 'studies', studies });
  };

  const lookAt = async (follower: RunFollower): Promise<void> => {
    if (closing.signal.aborted) return;
    const news = await follower.look();
    if (news) send({ ...news, run: runToJson(follower.run) });
  };

  /** One look at a time: a second one meanwhile is the same. */
  const once = (all: boolean): Promise<void> => {
    looking ??= look(all).finally(() => {
      looking = undefined;
    });
    return looking;
  };

  const schedule = (): void => {
    if (closing.signal.aborted || timer !== undefined || listeners.size === 0) return;
    timer = setTimeout(async () => {
      await once(looks++ % SELDOM === 0);
      timer = undefined;
      schedule();
    }, INTERVAL_MS);
  };

  const runs = (): (RunDigest | CorruptRun)[] => [...followers.values()].map(({ run }) => run);

  return {
    runs,
    catalogue: () => catalogueToJson({ live: true, place, runs: runs(), images, studies }),
    digest: (name) => {
      const run = followers.get(name)?.run;
      return run === undefined || isCorrupt(run) ? undefined : run;
    },
    studies: () => studies,
    ownImages: () => [...followers.values()].flatMap(({ ownImages }) => ownImages ?? []),
    subscribe: (listener) => {
      listeners.add(listener);
      schedule();
      return () => listeners.delete(listener);
    },
    refresh: async () => {
      await looking;
      await once(true);
    },
    close: () => {
      closing.abort();
      clearTimeout(timer);
      listeners.clear();
    },
  };
};

const isBeingWritten = ({ run }: RunFollower): boolean => !isCorrupt(run) && run.isBeingWritten;
