import type { RunEvent } from '@dropout-lab/contracts';

/** A range of numbers, both ends included. */
export type NumberRange = readonly [first: number, last: number];

/** Epochs and steps that a run has made, but that its events lack: lines of `events.jsonl` that were lost. */
export interface EventGaps {
  /** In order, as are steps. */
  readonly epochs: readonly NumberRange[];
  /** Empty in a log without any steps. */
  readonly steps: readonly NumberRange[];
  /** Where the events that a checkpoint was saved after are not those that were written. */
  readonly isChanged?: true;
}

/** How far a run is known to have come, by its checkpoint say. */
export interface ReachedProgress {
  /** Epochs completed. */
  readonly epoch: number;
  /** Optimizer updates. */
  readonly step: number;
}

/** Looks for gaps in events while they come. */
export interface GapFinder {
  /** Takes the next event; in the order written. */
  add(event: RunEvent): void;
  /** Returns the gaps so far; undefined when there are none. @param reached By what is known apart from the events. */
  gaps(reached?: ReachedProgress, isChanged?: boolean): EventGaps | undefined;
}

const nothing: ReachedProgress = { epoch: 0, step: 0 };

/** Returns the larger of both numbers of two. */
export const furthest = (a: ReachedProgress, b: ReachedProgress): ReachedProgress => ({
  epoch: Math.max(a.epoch, b.epoch),
  step: Math.max(a.step, b.step),
});

/**
 * Makes a finder of gaps, which keeps a few numbers for each epoch and each gap, and nothing of the events. A run has
 * an event for each step and each epoch; those that a resumption voids come again.
 */
export const createGapFinder = (): GapFinder => {
  let reached = nothing;
  /** The step at the end of each epoch. */
  let epochs = new Map<number, number>();
  let steps: NumberRange[] = [];

  const addStep = (step: number): void => {
    const last = steps.at(-1);
    if (last && step === last[1] + 1) steps[steps.length - 1] = [last[0], step];
    else if (last === undefined || step > last[1]) steps.push([step, step]);
    // Lines in another order than they were written in.
    else if (!isWithin(steps, step)) steps = merged([...steps, [step, step]]);
  };

  return {
    add: (event) => {
      switch (event.kind) {
        case 'run-started':
          [reached, epochs, steps] = [nothing, new Map(), []];
          return;
        case 'run-resumed':
          reached = event;
          epochs = new Map([...epochs].filter(([, step]) => step <= event.step));
          steps = steps.flatMap(([first, last]) =>
            first > event.step ? [] : [[first, Math.min(last, event.step)] as const],
          );
          return;
        case 'step':
          addStep(event.step);
          reached = furthest(reached, { epoch: event.epoch - 1, step: event.step });
          return;
        case 'epoch':
          epochs.set(event.epoch, event.step);
          reached = furthest(reached, event);
          return;
        case 'checkpoint':
        case 'run-ended':
          reached = furthest(reached, event);
      }
    },
    gaps: (known = nothing, isChanged = false) => {
      const { epoch, step } = furthest(reached, known);
      const seen = merged([...epochs.keys()].map((one) => [one, one]));
      const gaps = {
        epochs: missingFrom(seen, epoch),
        steps: steps.length === 0 ? [] : missingFrom(steps, step),
        ...(isChanged && { isChanged }),
      };
      return gaps.epochs.length + gaps.steps.length === 0 && !isChanged ? undefined : gaps;
    },
  };
};

const isWithin = (ranges: readonly NumberRange[], number: number): boolean =>
  ranges.some(([first, last]) => first <= number && number <= last);

/** Sorts ranges, and joins those that meet. */
const merged = (ranges: readonly NumberRange[]): NumberRange[] =>
  [...ranges]
    .sort(([a], [b]) => a - b)
    .reduce<NumberRange[]>((joined, [first, last]) => {
      const before = joined.at(-1);
      if (before && first <= before[1] + 1)
        joined[joined.length - 1] = [before[0], Math.max(before[1], last)];
      else joined.push([first, last]);
      return joined;
    }, []);

/** Returns the ranges of 1..last that are not in sorted ranges. */
const missingFrom = (ranges: readonly NumberRange[], last: number): NumberRange[] => {
  const bounds = [...ranges, [last + 1, last + 1] as const];
  return bounds.flatMap(([first], i) => {
    const start = (ranges[i - 1]?.[1] ?? 0) + 1;
    return start < first ? [[start, first - 1] as const] : [];
  });
};

/**
 * Returns gaps as a sentence without its full stop: `events.jsonl lacks epochs 3 to 6 and steps 9 to 12: what is said of
 * epochs is of the others`, or `events.jsonl is not as it was written: what is said of epochs may be wrong`.
 */
export const gapsInWords = ({ epochs, steps }: EventGaps): string => {
  const lacks = [...rangesInWords('epoch', epochs), ...rangesInWords('step', steps)];
  if (lacks.length === 0) return 'events.jsonl is not as it was written: what is said of epochs may be wrong';
  return `events.jsonl lacks ${lacks.join(' and ')}${epochs.length > 0 ? ': what is said of epochs is of the others' : ''}`;
};

const MOST_RANGES = 4;

const rangesInWords = (noun: string, ranges: readonly NumberRange[]): string[] => {
  if (ranges.length === 0) return [];
  const isOne = ranges.length === 1 && ranges[0]![0] === ranges[0]![1];
  const named = ranges
    .slice(0, MOST_RANGES)
    .map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`));
  const rest = ranges.slice(MOST_RANGES).reduce((count, [first, last]) => count + last - first + 1, 0);
  return [`${noun}${isOne ? '' : 's'} ${named.join(', ')}${rest === 0 ? '' : ` (${rest} more)`}`];
};
