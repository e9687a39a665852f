import type { Catalogue, LiveMessage } from '../shared/runs/catalogue.ts';
import { findRuns } from './find-runs.ts';
import { followRun, type RunFollower } from './run-follower.ts';

/** Watches a folder of runs. */
export interface RunsWatcher {
  /** All runs as of the last look. */
  catalogue(): Catalogue;
  /** Whether a folder of this name is a run that can be read. */
  has(name: string): boolean;
  /** Calls the listener with every change until the returned function is called. */
  subscribe(listener: (message: LiveMessage) => void): () => void;
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
  /** The one run to show, relative to the root; all by default. */
  readonly only?: string | undefined;
}

/**
 * Watches the runs of a folder by looking at them: file system notifications are lost on network drives, in
 * containers and when many files change. While nobody subscribes, nothing is looked at.
 *
 * @param root The folder's real path; it may not exist yet.
 */
export const watchRuns = (root: string, { place, images, only }: WatchOptions): RunsWatcher => {
  const followers = new Map<string, RunFollower>();
  const listeners = new Set<(message: LiveMessage) => void>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let closed = false;
  let looks = 0;

  const send = (message: LiveMessage): void => {
    for (const listener of listeners) listener(message);
  };

  const look = async (all: boolean): Promise<void> => {
    if (!all) {
      for (const [name, follower] of followers) if (isBeingWritten(follower)) await lookAt(name, follower);
      return;
    }
    const names = (await findRuns(root)).filter((name) => only === undefined || name === only);
    for (const name of followers.keys()) {
      if (names.includes(name)) continue;
      followers.delete(name);
      send({ kind: 'gone', name });
    }
    for (const name of names) {
      const follower = followers.get(name) ?? followRun(root, name);
      followers.set(name, follower);
      await lookAt(name, follower);
    }
  };

  const lookAt = async (name: string, follower: RunFollower): Promise<void> => {
    const news = await follower.look();
    if (news?.kind === 'run') send({ kind: 'run', run: follower.run });
    else if (news) send({ ...news, name });
  };

  /** One look at a time: a second one meanwhile is the same. */
  const once = (all: boolean): Promise<void> => {
    looking ??= look(all).finally(() => {
      looking = undefined;
    });
    return looking;
  };

  const schedule = (): void => {
    if (closed || timer !== undefined || listeners.size === 0) return;
    timer = setTimeout(async () => {
      await once(looks++ % SELDOM === 0);
      timer = undefined;
      schedule();
    }, INTERVAL_MS);
  };

  return {
    catalogue: () => ({ live: true, place, images, runs: [...followers.values()].map(({ run }) => run) }),
    has: (name) => {
      const follower = followers.get(name);
      return follower !== undefined && !('error' in follower.run);
    },
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
      closed = true;
      clearTimeout(timer);
      listeners.clear();
    },
  };
};

const isBeingWritten = ({ run }: RunFollower): boolean => !('error' in run) && run.isBeingWritten;
