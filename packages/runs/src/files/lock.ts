import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  isNotFound,
  isProcessAlive,
  readRegularFileSync,
  systemErrorCode,
  systemErrorSentence,
  writeSynced,
} from '@dropout-lab/files/node';
import { z } from 'zod';
import { RunLockedError, RunUnreadableError } from '../errors.ts';
import { runFiles } from './layout.ts';

const holderSchema = z.object({ pid: z.number(), hostname: z.string(), since: z.iso.datetime() });

type Holder = z.output<typeof holderSchema>;

/** The content of a lock, and when it was written. */
interface Lock {
  readonly text: string;
  readonly modified: number;
}

const lockFile = (directory: string): string => join(directory, runFiles.lock);

/**
 * Makes this process the only writer of a run directory. The lock of a process of this machine that is gone
 * is taken over, so that a killed run can be resumed.
 *
 * @param takeOver The writer is on another machine, where nothing can be checked from here, and is known to be gone.
 * @returns Gives the lock back.
 * @throws RunLockedError while another writer lives, or may live on another machine.
 * @throws RunDirectoryError when there is something else in the lock's place.
 * @throws Error of the file system when the directory cannot be written; it is not locked then.
 */
export const acquireLock = (directory: string, takeOver = false): (() => void) => {
  const path = lockFile(directory);
  const holder: Holder = { pid: process.pid, hostname: hostname(), since: new Date().toISOString() };
  // Filled before it gets its name: a lock that a full disk left empty would name nobody who could be looked for.
  const filled = `${path}.tmp-${randomBytes(4).toString('hex')}`;
  try {
    writeSynced(filled, JSON.stringify(holder));
    if (!putInPlace(filled, path)) {
      removeStale(directory, takeOver, statSync(filled).mtimeMs);
      if (!putInPlace(filled, path)) throw lockedError(directory);
    }
  } finally {
    rmSync(filled, { force: true });
  }
  return () => releaseLock(directory);
};

/**
 * Looks whether {@link acquireLock} would give the lock, and takes nothing: for whoever has a run to prepare first.
 *
 * @throws RunLockedError, RunDirectoryError where that would.
 */
export const requireLockable = (directory: string, takeOver = false): void => {
  const lock = readLock(lockFile(directory));
  if (lock !== undefined && !mayTake(lock, takeOver, Date.now())) throw lockedError(directory);
};

/** Gives back the lock that this process has. */
export const releaseLock = (directory: string): void => rmSync(lockFile(directory), { force: true });

/**
 * Whether a process is writing the run directory, as far as can be known from here.
 *
 * @throws RunDirectoryError when the lock is no file that can be read.
 */
export const isLocked = (directory: string): boolean => {
  const lock = readLock(lockFile(directory));
  return lock !== undefined && !isStale(lock, Date.now());
};

/** Gives a file a second name. @returns False when there is something of that name. */
const putInPlace = (filled: string, path: string): boolean => {
  try {
    linkSync(filled, path);
    return true;
  } catch (error) {
    const code = systemErrorCode(error) ?? '';
    if (code === 'EEXIST') return false;
    if (!withoutLinks.has(code)) throw error;
  }
  return createIn(path, readRegularFileSync(filled, { limit: LARGEST_LOCK }).bytes);
};

/** Said by file systems that know one name a file, those of memory cards say. */
const withoutLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/** The next best where a file has one name only: a crash may leave it empty, an error does not. */
const createIn = (path: string, content: Uint8Array): boolean => {
  try {
    closeSync(openSync(path, 'wx'));
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSynced(path, content);
    return true;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
};

/** @param now By the clock of the file system, which may be another machine's. */
const removeStale = (directory: string, takeOver: boolean, now: number): void => {
  const path = lockFile(directory);
  const lock = readLock(path);
  if (lock === undefined) return;
  if (!mayTake(lock, takeOver, now)) throw lockedError(directory);
  // Moved aside before it is removed, so that of several who find it stale one gets it; and looked at again,
  // in case that one has by now put a lock of its own in its place.
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  try {
    const moved = readLock(aside);
    if (moved === undefined || moved.text === lock.text) return;
    putInPlace(aside, path);
  } finally {
    rmSync(aside, { force: true });
  }
  throw lockedError(directory);
};

/** A lock has some 100 bytes. */
const LARGEST_LOCK = 2 ** 16;

/** @throws RunDirectoryError when there is something else in its place. */
const readLock = (path: string): Lock | undefined => {
  try {
    const { bytes, stats } = readRegularFileSync(path, { limit: LARGEST_LOCK });
    return { text: bytes.toString('utf8'), modified: stats.mtimeMs };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    const sentence = systemErrorSentence(
      error,
      path,
      'the lock of a run',
      'delete it if you know that nothing writes the run',
    );
    throw new RunUnreadableError(sentence, { cause: error });
  }
};

const holderOf = ({ text }: Lock): Holder | undefined => {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};

/** Whether it ends before its content does: versions before this one created it empty, and filled it then. */
const isIncomplete = ({ text }: Lock): boolean => {
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
};

/** Between creating and filling a lock are some milliseconds; whoever could not fill it did not begin to write. */
const FILLED_WITHIN_MS = 60_000;

const isStale = (lock: Lock, now: number): boolean => {
  if (isIncomplete(lock)) return now - lock.modified > FILLED_WITHIN_MS;
  const holder = holderOf(lock);
  // Of another machine's processes nothing can be known.
  if (holder === undefined || holder.hostname !== hostname()) return false;
  if (!isProcessAlive(holder.pid)) return true;
  // A container restarts its numbering: this process may have the number of the one that was killed.
  const processStart = Date.now() - process.uptime() * 1000;
  return holder.pid === process.pid && Date.parse(holder.since) < processStart;
};

const mayTake = (lock: Lock, takeOver: boolean, now: number): boolean =>
  isStale(lock, now) || (takeOver && isElsewhere(lock));

const isElsewhere = (lock: Lock): boolean => {
  const holder = holderOf(lock);
  return holder !== undefined && holder.hostname !== hostname();
};

const lockedError = (directory: string): RunLockedError => {
  const path = lockFile(directory);
  const lock = readLock(path);
  if (lock && isIncomplete(lock)) {
    return new RunLockedError(
      `${directory}: expected no other writer, but ${path} is incomplete, as if a process had just begun to write; try again in a minute: a lock that is still incomplete after one is taken over`,
    );
  }
  const holder = lock && holderOf(lock);
  const who = holder
    ? `process ${holder.pid} on ${holder.hostname} has been writing since ${holder.since}`
    : 'a process is writing';
  return new RunLockedError(
    `${directory}: expected no other writer, but ${who}; wait for it to end, or delete ${path} if you know that it has`,
  );
};
