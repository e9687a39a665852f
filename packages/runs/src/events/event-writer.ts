import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { RunEvent } from '@dropout-lab/contracts';
import { toJsonLine } from '../files/json.ts';
import type { LogBeginning } from './log-beginning.ts';

/** Appends events to an `events.jsonl`. */
export interface EventWriter {
  /** Hands the event to the operating system: a killed process loses none. Rarer kinds than steps also reach the disk. */
  append(event: RunEvent): void;
  /** Returns the length and the digest of everything written so far. */
  written(): LogBeginning;
  close(): void;
}

/** So many, or so fleeting, that a power cut may take the last of them. */
const unsynced: ReadonlySet<RunEvent['kind']> = new Set(['step', 'validating']);

/**
 * Opens or creates the log for appending. A last line that was cut short is ended, so that the next one can
 * be read.
 */
export const openEventWriter = (path: string): EventWriter => {
  const file = openSync(path, 'a+');
  let torn = endsTorn(file);
  // Of the file as it is, when something else than whole lines may have been written.
  let log: RunningDigest | undefined;
  return {
    append(event) {
      const line = `${torn ? '\n' : ''}${toJsonLine(event)}`;
      // A write that fails may have put down a part of its line.
      torn = true;
      const before = log;
      log = undefined;
      writeFileSync(file, line);
      torn = false;
      log = before && extended(before, line);
      if (!unsynced.has(event.kind)) fdatasyncSync(file);
    },
    written() {
      log ??= digestOf(file);
      return { bytes: log.bytes, sha256: log.hash.copy().digest('hex') };
    },
    close: () => closeSync(file),
  };
};

interface RunningDigest {
  readonly hash: ReturnType<typeof createHash>;
  readonly bytes: number;
}

const extended = ({ hash, bytes }: RunningDigest, added: string | Buffer): RunningDigest => ({
  hash: hash.update(added),
  bytes: bytes + Buffer.byteLength(added),
});

const PART = 2 ** 20;

const digestOf = (file: number): RunningDigest => {
  const part = Buffer.alloc(PART);
  let digest: RunningDigest = { hash: createHash('sha256'), bytes: 0 };
  for (;;) {
    const read = readSync(file, part, 0, PART, digest.bytes);
    if (read === 0) return digest;
    digest = extended(digest, part.subarray(0, read));
  }
};

const endsTorn = (file: number): boolean => {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last.toString() !== '\n';
};
