import { isPlain, parseRunEvent, type RunEvent, withoutSecrets } from '@dropout-lab/contracts';
import { withEvents } from '../shared/runs/catalogue.ts';

/** The most bytes of epochs that are kept, some 17,000 epochs: a chart has fewer pixels. */
const MOST_EPOCHS = 4 * 2 ** 20;

type EpochEvent = Extract<RunEvent, { kind: 'epoch' }>;

/** An epoch that is shown although its turn is not. */
interface Peak {
  readonly value: number;
  readonly step: number;
  event(): RunEvent | undefined;
}

/** The part of an epoch that the choice of epochs depends on. */
interface EpochFacts {
  readonly step: number;
  readonly seconds: number;
  /** Of validation, as is the loss. */
  readonly accuracy: unknown;
  readonly loss: unknown;
}

/** The events of a log that are drawn. */
export interface KeptEvents {
  /** In the order written, as a digest has them. */
  readonly events: readonly RunEvent[];
  /**
   * Takes a line that may be an epoch.
   *
   * @returns The event, to be {@link KeptEvents.add added}; undefined where it is none.
   */
  takeEpoch(line: string): RunEvent | 'left out' | undefined;
  add(events: readonly RunEvent[]): void;
  /** Whether some epochs are left out, so that events no longer follow on those before. */
  readonly isThinned: boolean;
}

/** Returns the event of a line; undefined when it is none. Messages of earlier versions had passwords of addresses in them. */
export const eventIn = (line: string): RunEvent | undefined => {
  const event = parseRunEvent(jsonIn(line));
  return event && 'message' in event ? { ...event, message: withoutSecrets(event.message) } : event;
};

/**
 * Keeps the events of a log, of so many epochs that a chart could not show them only every second, fourth, … one; the one
 * of highest validation accuracy, that of lowest validation loss and the last are kept in any case, and a warning says so.
 */
export const keepEvents = (): KeptEvents => {
  let kept: RunEvent[] = [];
  let stride = 1;
  let epochs = 0;
  let bytes = 0;
  /** Seconds of epochs that were left out since the last that was kept. */
  let seconds = 0;
  let best: Peak | undefined;
  let lowest: Peak | undefined;
  let last: Peak | undefined;

  const note = ({ step, accuracy, loss }: EpochFacts, event: () => RunEvent | undefined): void => {
    last = { value: epochs, step, event };
    if (isNumber(accuracy) && accuracy > (best?.value ?? -1)) best = { value: accuracy, step, event };
    if (isNumber(loss) && loss < (lowest?.value ?? Number.POSITIVE_INFINITY))
      lowest = { value: loss, step, event };
  };

  /** Leaves out every second of the epochs that are kept. */
  const halve = (): void => {
    let isNext = true;
    let left = 0;
    kept = kept.flatMap((event) => {
      if (event.kind !== 'epoch') return event;
      if (stride === 1) note(factsOf(event), () => event);
      isNext = !isNext;
      left += event.seconds;
      if (!isNext) return [];
      const sum = { ...event, seconds: left };
      left = 0;
      return sum;
    });
    seconds += left;
    stride *= 2;
    bytes /= 2;
  };

  return {
    get isThinned() {
      return stride > 1;
    },
    get events() {
      if (stride === 1) return kept;
      const peaks = [best, lowest, last].flatMap((peak) => peak?.event() ?? []) as EpochEvent[];
      const message = `events.jsonl has ${epochs} epochs: of ${stride} one is shown, besides the best ones and the last`;
      const warning: RunEvent = { kind: 'warning', time: kept[0]?.time ?? 0, message };
      return [warning, ...peaks.reduce(withEpoch, kept)];
    },
    takeEpoch: (line) => {
      if (stride === 1) {
        const event = eventIn(line);
        if (event === undefined) return undefined;
        epochs++;
        bytes += line.length;
        return event;
      }
      // Much faster than by the schema, which those that are shown are checked by.
      const epoch = factsIn(line);
      if (!epoch) return undefined;
      epochs++;
      note(epoch, () => eventIn(line));
      seconds += epoch.seconds;
      const event = epochs % stride === 0 ? eventIn(line) : undefined;
      if (event?.kind !== 'epoch') return 'left out';
      bytes += line.length;
      const sum = { ...event, seconds };
      seconds = 0;
      return sum;
    },
    add: (events) => {
      for (const event of events) {
        if (event.kind !== 'run-resumed') continue;
        [best, lowest, last] = [best, lowest, last].map((peak) =>
          peak && peak.step > event.step ? undefined : peak,
        );
      }
      kept = withEvents(kept, events);
      while (bytes > MOST_EPOCHS) halve();
    },
  };
};

/** Returns the events with another epoch in its place. */
const withEpoch = (events: RunEvent[], epoch: EpochEvent): RunEvent[] => {
  const after = events.findLastIndex((event) => event.kind === 'epoch' && event.step <= epoch.step);
  const before = events[after];
  if (before?.kind === 'epoch' && before.step === epoch.step) return events;
  return events.toSpliced(after + 1, 0, epoch);
};

const factsOf = ({ step, seconds, logs }: EpochEvent): EpochFacts => ({
  step,
  seconds,
  accuracy: logs.val_accuracy,
  loss: logs.val_loss,
});

/** Returns what is used of an epoch that may be left out; undefined where a line is none, as far as it was looked at. */
const factsIn = (line: string): EpochFacts | undefined => {
  const written = WRITTEN_EPOCH.exec(line);
  if (!written) return parsedFactsIn(line);
  const [, step, logs = '', seconds] = written;
  return {
    step: Number(step),
    seconds: Number(seconds),
    accuracy: numberAfter('"val_accuracy":', logs),
    loss: numberAfter('"val_loss":', logs),
  };
};

const parsedFactsIn = (line: string): EpochFacts | undefined => {
  const epoch = jsonIn(line);
  if (!isPlain(epoch)) return undefined;
  const { step, seconds, logs } = epoch;
  if (!isNumber(step) || !isNumber(seconds) || !isPlain(logs)) return undefined;
  const { val_accuracy: accuracy, val_loss: loss } = logs;
  return { step, seconds, accuracy, loss };
};

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
/** An epoch as runs write it, for which this takes half as long as `JSON.parse`. */
const WRITTEN_EPOCH = new RegExp(
  String.raw`^\{"kind":"epoch","time":${NUMBER},"epoch":\d+,"step":(\d+),"logs":\{((?:"[^"\\]*":(?:null|${NUMBER}),?)*)\},"learningRate":${NUMBER},"seconds":(${NUMBER})\}$`,
);

/** Returns the number of a key; undefined where it is null or absent. */
const numberAfter = (key: string, logs: string): number | undefined => {
  const at = logs.indexOf(key);
  if (at === -1) return undefined;
  const start = at + key.length;
  const end = logs.indexOf(',', start);
  const value = end === -1 ? logs.slice(start) : logs.slice(start, end);
  return value === 'null' ? undefined : Number(value);
};

const jsonIn = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const isNumber = (value: unknown): value is number => typeof value === 'number';
