import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { RunEvent } from '@dropout-lab/contracts';
import { toJsonLine } from '../files/json.ts';

/** Appends events to an `events.jsonl`. */
export interface EventWriter {
  /** Hands the event to the operating system: a killed process loses none. Rarer kinds than steps also reach the disk. */
  append(event: RunEvent): void;
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
  return {
    append(event) {
      const line = `${torn ? '\n' : ''}${toJsonLine(event)}`;
      // A write that fails may have put down a part of its line.
      torn = true;
      writeFileSync(file, line);
      torn = false;
      if (!unsynced.has(event.kind)) fdatasyncSync(file);
    },
    close: () => closeSync(file),
  };
};

const endsTorn = (file: number): boolean => {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last.toString() !== '\n';
};
