import { join } from 'node:path';
import { type RunEvent, runEventSchema } from '@dropout-lab/contracts';
import { isNotFound, type RegularFile, readRegularFile, systemErrorSentence } from '@dropout-lab/files/node';
import { RunDirectoryError, runFiles } from '@dropout-lab/runs';
import { eventIn, type KeptEvents, keepEvents } from './kept-events.ts';

const LARGEST_LOG = 512 * 2 ** 20;
/** An event takes some 200 bytes. */
const LONGEST_LINE = 64 * 1024;
/** The most bytes of a log besides steps and epochs. */
const MOST_OTHERS = 16 * 2 ** 20;
const PART = 2 ** 20;
/** The bytes before, which show that a log is still the one that was read. */
const TAIL = 4096;
const NEWLINE = 0x0a;

const beginningOf = (kind: string): string => `{"kind":"${kind}`;
const event = beginningOf('');
/** Of consecutive steps only the last is drawn, and parsed. */
const step = beginningOf('step"');
const epoch = beginningOf('epoch"');
const parsed = runEventSchema.options
  .map(({ shape }) => shape.kind.value)
  .filter((kind) => kind !== 'step' && kind !== 'epoch' && kind !== 'checkpoint' && kind !== 'validating')
  .map((kind) => beginningOf(`${kind}"`));
/** In bytes: to find that a line is no event takes longer than to read one. */
const COST_OF_NONSENSE = 1024;
/** No event is shorter. */
const SHORTEST_EVENT = '{"kind":"?"}'.length;

/** Reads the event log of a run as it grows. */
export interface RunLog {
  /** The events that a digest keeps of those that were read. */
  readonly events: readonly RunEvent[];
  /** Whether epochs are left out. */
  readonly isThinned: boolean;
  /**
   * Reads what was appended since the last time; everything when the log is another file or was written anew, or
   * the events that are kept are no longer those before and some more, which is `restarted`.
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
  /** The last bytes before `offset`. */
  tail: Buffer;
  /** Of a line that does not end yet. */
  rest: Buffer;
  /** Whether that line is too long already. */
  isSkipping: boolean;
  /** Bytes of lines that were parsed, apart from epochs. */
  parsed: number;
  readonly kept: KeptEvents;
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
      return log?.kept.events ?? [];
    },
    get isThinned() {
      return log?.kept.isThinned ?? false;
    },
    read: async () => {
      let restarted = false;
      let lastStep: string | undefined;
      const added: RunEvent[] = [];
      while (!signal.aborted) {
        const tail = log?.tail ?? Buffer.alloc(0);
        const part = await readPart((log?.offset ?? 0) - tail.length);
        if (part === undefined) break;
        const { dev, ino, size } = part.stats;
        const file = `${dev}/${ino}`;
        // Written anew in its place, it may be as long as it was, or longer.
        const isSame = log?.file === file && part.bytes.subarray(0, tail.length).equals(tail);
        if (log && !isSame) {
          [log, restarted, lastStep, added.length] = [undefined, true, undefined, 0];
          continue;
        }
        const bytes = part.bytes.subarray(tail.length);
        log ??= {
          file,
          offset: 0,
          tail,
          rest: Buffer.alloc(0),
          isSkipping: false,
          parsed: 0,
          kept: keepEvents(),
        };
        const fresh: RunEvent[] = [];
        for (const line of linesOf(log, bytes)) {
          const isEpoch = line.startsWith(epoch);
          if (!isEpoch && line.startsWith(step)) lastStep = line;
          if (!isEpoch && !isWorthParsing(line)) continue;
          const found = isEpoch ? log.kept.takeEpoch(line) : eventIn(line);
          if (!isEpoch) log.parsed += line.length;
          if (!found) log.parsed += COST_OF_NONSENSE;
          if (log.parsed > MOST_OTHERS) {
            throw new RunDirectoryError(
              `${path}: expected at most ${MOST_OTHERS / 2 ** 20} MiB of events other than steps and epochs, and few lines that are no events, found more: move the run away`,
            );
          }
          if (!found) continue;
          if (found !== 'left out') fresh.push(found);
          lastStep = undefined;
          restarted ||= isEpoch && log.kept.isThinned;
        }
        log.kept.add(fresh);
        log.offset += bytes.length;
        log.tail = Buffer.from(part.bytes.subarray(-TAIL));
        if (!restarted) added.push(...fresh);
        if (bytes.length === 0 || log.offset >= size) break;
      }
      const last = lastStep && eventIn(lastStep);
      if (last) {
        added.push(last);
        log?.kept.add([last]);
      }
      return { restarted, added };
    },
  };
};

/** Returns the lines that end in these bytes, without those that are too long for an event, and keeps what follows them. */
const linesOf = (log: Progress, bytes: Buffer): string[] => {
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  const after = bytes.subarray(end);
  let lines: string[] = [];
  if (end > 0) {
    const text = Buffer.concat([log.rest, bytes.subarray(0, end)]).toString('utf8');
    lines = text.split('\n').slice(log.isSkipping ? 1 : 0, -1);
    log.rest = Buffer.alloc(0);
    log.isSkipping = false;
  }
  log.isSkipping ||= log.rest.length + after.length > LONGEST_LINE;
  log.rest = log.isSkipping ? Buffer.alloc(0) : Buffer.concat([log.rest, after]);
  return lines.filter(({ length }) => length <= LONGEST_LINE);
};

/** Whether a line may be an event that is drawn, apart from epochs: kinds that are not known, too, are cheap to leave out. */
const isWorthParsing = (line: string): boolean =>
  line.length >= SHORTEST_EVENT &&
  (!line.startsWith(event) || parsed.some((start) => line.startsWith(start)));
