import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isNotFound, isProcessAlive, readRegularFileSync, systemErrorCode } from '@dropout-lab/files/node';
import { z } from 'zod';
import { RunLockedError } from '../errors.ts';
import { fileError } from './file-errors.ts';

const holderSchema = z.object({ pid: z.number(), hostname: z.string(), since: z.iso.datetime() });

type Holder = z.output<typeof holderSchema>;

const lockFile = (directory: string): string => join(directory, 'run.lock');

/**
 * Makes this process the only writer of a run directory. The lock of a process of this machine that is gone
 * is taken over, so that a killed run can be resumed.
 *
 * @param takeOver The writer is on another machine, where nothing can be checked from here, and is known to be gone.
 * @returns Gives the lock back.
 * @throws RunLockedError while another writer lives, or may live on another machine.
 * @throws Error of the file system when the directory cannot be written.
 */
export const acquireLock = (directory: string, takeOver = false): (() => void) => {
  const path = lockFile(directory);
  const holder: Holder = { pid: process.pid, hostname: hostname(), since: new Date().toISOString() };
  const create = () => writeFileSync(path, JSON.stringify(holder), { flag: 'wx' });
  try {
    create();
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
    removeStale(directory, takeOver);
    try {
      create();
    } catch (again) {
      throw systemErrorCode(again) === 'EEXIST' ? lockedError(directory) : again;
    }
  }
  return () => rmSync(path, { force: true });
};

/**
 * Whether a process is writing the run directory, as far as can be known from here.
 *
 * @throws RunDirectoryError when the lock is no file that can be read.
 */
export const isLocked = (directory: string): boolean => {
  const text = readLock(lockFile(directory));
  return text !== undefined && !isStale(text);
};

const removeStale = (directory: string, takeOver: boolean): void => {
  const path = lockFile(directory);
  const text = readLock(path);
  if (text === undefined) return;
  if (!isStale(text) && !(takeOver && isElsewhere(text))) throw lockedError(directory);
  // Moved aside before it is removed, so that of several who find it stale one gets it; and looked at again,
  // in case that one has by now put a lock of its own in its place.
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  const moved = readLock(aside);
  rmSync(aside, { force: true });
  if (moved !== undefined && moved !== text) {
    writeFileSync(path, moved, { flag: 'wx' });
    throw lockedError(directory);
  }
};

/** A lock has some 100 bytes. */
const LARGEST_LOCK = 2 ** 16;

/** @throws RunDirectoryError when there is something else in its place. */
const readLock = (path: string): string | undefined => {
  try {
    return readRegularFileSync(path, { limit: LARGEST_LOCK }).bytes.toString('utf8');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw fileError(error, path, 'the lock of a run', 'delete it if you know that nothing writes the run');
  }
};

const holderOf = (text: string): Holder | undefined => {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};

const isStale = (text: string): boolean => {
  const holder = holderOf(text);
  // Of another machine's processes nothing can be known, nor of a lock that its writer has yet to fill.
  if (holder === undefined || holder.hostname !== hostname()) return false;
  if (!isProcessAlive(holder.pid)) return true;
  // A container restarts its numbering: this process may have the number of the one that was killed.
  const processStart = Date.now() - process.uptime() * 1000;
  return holder.pid === process.pid && Date.parse(holder.since) < processStart;
};

const isElsewhere = (text: string): boolean => {
  const holder = holderOf(text);
  return holder !== undefined && holder.hostname !== hostname();
};

const lockedError = (directory: string): RunLockedError => {
  const path = lockFile(directory);
  const holder = holderOf(readLock(path) ?? '');
  const who = holder
    ? `process ${holder.pid} on ${holder.hostname} has been writing since ${holder.since}`
    : 'a process is writing';
  return new RunLockedError(
    `${directory}: expected no other writer, but ${who}; wait for it to end, or delete ${path} if you know that it has`,
  );
};
