import { join } from 'node:path';
import type { RunEvent } from '@dropout-lab/contracts';
import { parseEventLog, runFiles } from '@dropout-lab/runs';
import { withEvents } from '../shared/runs/catalogue.ts';
import { readConfined } from './confined.ts';

const LARGEST_LOG = 512 * 2 ** 20;
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

/** How far a log was read. */
interface Log {
  readonly file: string | undefined;
  readonly offset: number;
  /** Of a line that does not end yet. */
  readonly rest: Uint8Array;
  readonly events: readonly RunEvent[];
}

const emptyLog = (): Log => ({ file: undefined, offset: 0, rest: new Uint8Array(0), events: [] });

/** Reads the event log of a run as it grows. */
export interface RunLog {
  /** The events that a digest keeps of those that were read. */
  readonly events: readonly RunEvent[];
  /** Reads what was appended since the last time; everything when the log is another file, which is `restarted`. */
  read(): Promise<{ readonly restarted: boolean; readonly added: readonly RunEvent[] }>;
}

/**
 * Opens the event log of a run directory, which is untrusted.
 *
 * @param root The real path of the folder of runs.
 */
export const openRunLog = (root: string, folder: string): RunLog => {
  const path = join(folder, runFiles.events);
  let log = emptyLog();
  const read: RunLog['read'] = async () => {
    const found = await readConfined(root, path, { offset: log.offset, limit: LARGEST_LOG });
    if (found === undefined) return { restarted: false, added: [] };
    const file = `${found.stats.dev}/${found.stats.ino}`;
    if (log.file !== undefined && (file !== log.file || found.stats.size < log.offset)) {
      log = emptyLog();
      return { restarted: true, added: (await read()).added };
    }
    const bytes = Buffer.concat([log.rest, found.bytes]);
    const end = bytes.lastIndexOf('\n') + 1;
    const added = eventsOf(bytes.subarray(0, end).toString('utf8'));
    log = {
      file,
      offset: log.offset + found.bytes.length,
      rest: bytes.subarray(end),
      events: withEvents(log.events, added),
    };
    return { restarted: false, added };
  };
  return {
    get events() {
      return log.events;
    },
    read,
  };
};
