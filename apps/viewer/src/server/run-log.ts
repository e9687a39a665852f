import { join } from 'node:path';
import { type RunEvent, runEventSchema } from '@dropout-lab/contracts';
import { isNotFound, type RegularFile, readRegularFile, systemErrorSentence } from '@dropout-lab/files/node';
import { parseEventLog, RunDirectoryError, runFiles } from '@dropout-lab/runs';
import { withEvents } from '../shared/runs/catalogue.ts';

const LARGEST_LOG = 512 * 2 ** 20;
/** An event takes some 200 bytes. */
const LONGEST_LINE = 64 * 1024;
/** The most bytes of a log besides steps: some 100,000 epochs. */
const MOST_PARSED = 32 * 2 ** 20;
const PART = 2 ** 20;
const NEWLINE = 0x0a;

const beginningOf = (kind: string): Buffer => Buffer.from(`{"kind":"${kind}`);
const event = beginningOf('');
/** Of consecutive steps only the last is drawn, and parsed. */
const step = beginningOf('step"');
const parsed = runEventSchema.options
  .map(({ shape }) => shape.kind.value)
  .filter((kind) => kind !== 'step' && kind !== 'checkpoint' && kind !== 'validating')
  .map((kind) => beginningOf(`${kind}"`));
/** In bytes: to find that a line is no event takes longer than to read one. */
const COST_OF_NONSENSE = 1024;
/** No event is shorter. */
const SHORTEST_EVENT = '{"kind":"?"}'.length;

/** Reads the event log of a run as it grows. */
export interface RunLog {
  /** The events that a digest keeps of those that were read. */
  readonly events: readonly RunEvent[];
  /**
   * Reads what was appended since the last time; everything when the log is another file, which is `restarted`.
   *
   * @throws RunDirectoryError when it is no file that can be read, or has more than can be drawn.
   */
  read(): Promise<{ readonly restarted: boolean; readonly added: readonly RunEvent[] }>;
}

/** How far a log was read. */
interface Progress {
  /** Which file it is. */
  readonly file: string;
  offset: number;
  /** Of a line that does not end yet. */
  rest: Buffer;
  /** Whether that line is too long already. */
  isSkipping: boolean;
  /** Bytes of lines that were parsed. */
  parsed: number;
  events: readonly RunEvent[];
}

/**
 * Opens the event log of a run directory, which is untrusted. It is read a part at a time, and other work goes on between
 * two parts.
 *
 * @param root The real path of the folder of runs.
 * @param signal Ends reading early.
 */
export const openRunLog = (root: string, folder: string, signal: AbortSignal): RunLog => {
  const path = join(folder, runFiles.events);
  let log: Progress | undefined;

  const readPart = async (offset: number): Promise<RegularFile | undefined> => {
    try {
      return await readRegularFile(path, { within: root, limit: LARGEST_LOG, offset, length: PART });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw new RunDirectoryError(
        systemErrorSentence(error, path, 'the events of a run', 'restore them from a copy'),
        { cause: error },
      );
    }
  };

  return {
    get events() {
      return log?.events ?? [];
    },
    read: async () => {
      let restarted = false;
      let lastStep: Buffer | undefined;
      const added: RunEvent[] = [];
      while (!signal.aborted) {
        const part = await readPart(log?.offset ?? 0);
        if (part === undefined) break;
        const { dev, ino, size } = part.stats;
        const file = `${dev}/${ino}`;
        if (log && (log.file !== file || size < log.offset)) {
          [log, restarted, lastStep, added.length] = [undefined, true, undefined, 0];
          continue;
        }
        log ??= { file, offset: 0, rest: Buffer.alloc(0), isSkipping: false, parsed: 0, events: [] };
        for (const line of linesOf(log, part.bytes)) {
          if (startsWith(line, step)) lastStep = line;
          if (!isWorthParsing(line)) continue;
          const found = eventIn(line);
          log.parsed += line.length + (found ? 0 : COST_OF_NONSENSE);
          if (log.parsed > MOST_PARSED) {
            throw new RunDirectoryError(
              `${path}: expected at most ${MOST_PARSED / 2 ** 20} MiB of events other than steps, and few lines that are no events, found more: move the run away`,
            );
          }
          if (!found) continue;
          added.push(found);
          lastStep = undefined;
        }
        log.offset += part.bytes.length;
        if (part.bytes.length === 0 || log.offset >= size) break;
      }
      const last = lastStep && eventIn(lastStep);
      if (last) added.push(last);
      if (log) log.events = withEvents(log.events, added);
      return { restarted, added };
    },
  };
};

/** Returns the lines that end in these bytes, without those that are too long for an event, and keeps what follows them. */
function* linesOf(log: Progress, bytes: Buffer): Generator<Buffer> {
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    const piece = bytes.subarray(start, end);
    const line = log.rest.length > 0 ? Buffer.concat([log.rest, piece]) : piece;
    const isEvent = !log.isSkipping && line.length <= LONGEST_LINE;
    log.rest = Buffer.alloc(0);
    log.isSkipping = false;
    start = end + 1;
    if (isEvent) yield line;
  }
  const rest = bytes.subarray(start);
  log.isSkipping ||= log.rest.length + rest.length > LONGEST_LINE;
  log.rest = log.isSkipping ? Buffer.alloc(0) : Buffer.concat([log.rest, rest]);
}

/** Whether a line may be an event that is drawn: kinds that are not known, too, are cheap to leave out. */
const isWorthParsing = (line: Buffer): boolean =>
  line.length >= SHORTEST_EVENT &&
  (!startsWith(line, event) || parsed.some((start) => startsWith(line, start)));

const startsWith = (line: Buffer, start: Buffer): boolean =>
  line.length >= start.length && line.compare(start, 0, start.length, 0, start.length) === 0;

const eventIn = (line: Buffer): RunEvent | undefined => parseEventLog(line.toString('utf8')).events[0];
