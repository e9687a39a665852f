import { isPlain, type RunEvent } from '@dropout-lab/contracts';
import { parseEventLog } from '@dropout-lab/runs';
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

/** Returns the event of a line; undefined when it is none. */
export const eventIn = (line: string): RunEvent | undefined => parseEventLog(line).events[0];

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

  const note = (
    { step, logs }: Pick<EpochEvent, 'step' | 'logs'>,
    event: () => RunEvent | undefined,
  ): void => {
    const { val_accuracy: accuracy, val_loss: loss } = logs;
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
      if (stride === 1) note(event, () => event);
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
      const epoch = epochIn(line);
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

/** Returns what a line says of an epoch, checked no further than it is used. */
const epochIn = (line: string): Pick<EpochEvent, 'step' | 'logs' | 'seconds'> | undefined => {
  try {
    const epoch = JSON.parse(line);
    const isOne = isNumber(epoch.step) && isNumber(epoch.seconds) && isPlain(epoch.logs);
    return isOne ? epoch : undefined;
  } catch {
    return undefined;
  }
};

const isNumber = (value: unknown): value is number => typeof value === 'number';
