import { DropoutLabError } from '@dropout-lab/contracts';
import type { SliceExchange } from '@dropout-lab/model';
import { TrainingError } from '../errors.ts';

/** The threads that compute the slices of one batch at the same time, and exchange statistics of the batch. */
export interface SliceGroup {
  /** Shared by all threads. */
  readonly memory: SharedArrayBuffer;
  /** The number of threads. */
  readonly threads: number;
  /** The number of slices of the batch. */
  readonly slices: number;
  /** The number in the batch, from 0, of the first slice of this thread; its others follow. */
  readonly first: number;
  /** How long a thread waits for the others; the time in which the process was suspended does not count. */
  readonly timeoutSeconds: number;
}

/** Its name is what remains of an error that has been sent to another thread. */
export const abandonedName = 'AbandonedSliceError';

/** A slice was abandoned because another one was; the other one's error is the cause. */
class AbandonedSliceError extends DropoutLabError {
  override readonly name = abandonedName;
}

/** Indices in the header: exchanges made, or {@link ABANDONED}; threads that have arrived at the next; most numbers of a slice. */
const [EXCHANGES, ARRIVED, CAPACITY] = [0, 1, 2] as const;
const HEADER_BYTES = 16;
const ABANDONED = -1;

/** Returns memory for the exchanges of up to `slices` slices, up to `numbers` numbers each. */
export const createExchangeMemory = (slices: number, numbers: number): SharedArrayBuffer => {
  // Twice, since one may write its next numbers while another still reads these.
  const memory = new SharedArrayBuffer(HEADER_BYTES + 2 * slices * numbers * Float64Array.BYTES_PER_ELEMENT);
  headerOf(memory)[CAPACITY] = numbers;
  return memory;
};

/**
 * Returns the exchange of one thread's slices of a batch with the others'; all threads make the same number of exchanges, in the
 * same order. In each, the thread sleeps until all have arrived, and all get the same numbers, in the order of the batch.
 *
 * @returns A function that throws AbandonedSliceError when another slice was abandoned, and TrainingError when a thread does
 *   not arrive in time, or where one may not sleep (a page's main thread).
 */
export const exchangeOf = ({ memory, threads, slices, first, timeoutSeconds }: SliceGroup): SliceExchange => {
  const header = headerOf(memory);
  const capacity = header[CAPACITY]!;
  let made = 0;

  const awaitOthers = (): void => {
    const exchanges = Atomics.load(header, EXCHANGES);
    if (exchanges === ABANDONED) throw new AbandonedSliceError('another slice of the batch was abandoned');
    if (Atomics.add(header, ARRIVED, 1) + 1 === threads) {
      Atomics.store(header, ARRIVED, 0);
      // Unless a slice is abandoned at this moment.
      Atomics.compareExchange(header, EXCHANGES, exchanges, (exchanges + 1) & 0x7fffffff);
      Atomics.notify(header, EXCHANGES);
    }
    let left = 1000 * timeoutSeconds;
    // A loop, since a late notification of the exchange before may wake the thread.
    while (Atomics.load(header, EXCHANGES) === exchanges) {
      const wait = Math.min(left, LONGEST_SLEEP);
      // Counted as what was asked for: a process that is stopped, or whose machine sleeps, wakes up long after.
      if (sleep(header, exchanges, wait) === 'timed-out') left -= wait;
      if (left > 0) continue;
      throw new TrainingError(
        `batch normalization: expected the statistics of all ${threads} threads that share the batch within ${timeoutSeconds} s, found those of ${Atomics.load(header, ARRIVED)}: a training worker has ended or hangs; resume the run from its last checkpoint`,
      );
    }
    if (Atomics.load(header, EXCHANGES) === ABANDONED) {
      throw new AbandonedSliceError('another slice of the batch was abandoned');
    }
  };

  return (ofSlices) => {
    const bytes = capacity * Float64Array.BYTES_PER_ELEMENT;
    const offset = HEADER_BYTES + (made++ % 2) * slices * bytes;
    const all = Array.from(
      { length: slices },
      (_, i) => new Float64Array(memory, offset + i * bytes, ofSlices[0]!.length),
    );
    ofSlices.forEach((values, i) => {
      all[first + i]!.set(values);
    });
    awaitOthers();
    return all;
  };
};

/** Abandons a slice: all others stop waiting for it. */
export const abandon = (memory: SharedArrayBuffer): void => {
  const header = headerOf(memory);
  Atomics.store(header, EXCHANGES, ABANDONED);
  Atomics.notify(header, EXCHANGES);
};

/** In milliseconds: so much at most of a suspension is taken for time in which the others could have come. */
const LONGEST_SLEEP = 250;

const headerOf = (memory: SharedArrayBuffer): Int32Array => new Int32Array(memory, 0, 3);

const sleep = (
  header: Int32Array,
  exchanges: number,
  milliseconds: number,
): ReturnType<typeof Atomics.wait> => {
  try {
    return Atomics.wait(header, EXCHANGES, exchanges, milliseconds);
  } catch (cause) {
    throw new TrainingError(
      'batch normalization: expected a thread that may wait for others, found a page’s main thread: train in a worker, or on one replica',
      { cause },
    );
  }
};
