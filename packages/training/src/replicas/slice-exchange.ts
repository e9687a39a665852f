import { DropoutLabError } from '@dropout-lab/contracts';
import type { SliceExchange } from '@dropout-lab/model';
import { TrainingError } from '../errors.ts';

/** The slices of one batch, computed at the same time on threads of their own, that exchange statistics of the batch. */
export interface SliceGroup {
  /** The same for all. */
  readonly memory: SharedArrayBuffer;
  /** This slice's place in the batch, from 0. */
  readonly index: number;
  /** How many slices the batch has. */
  readonly count: number;
  /** How long one waits for the others. */
  readonly timeoutSeconds: number;
}

/** All of an error that is left when it has crossed threads. */
export const abandonedName = 'AbandonedSliceError';

/** Why a slice was given up: another one was, whose error is the one to tell of. */
class AbandonedSliceError extends DropoutLabError {
  override readonly name = abandonedName;
}

/** Where in the header's integers: exchanges made, or {@link ABANDONED}; slices that have come to the next; numbers of a slice at most. */
const [EXCHANGES, ARRIVED, CAPACITY] = [0, 1, 2] as const;
const HEADER_BYTES = 16;
const ABANDONED = -1;

/** Memory for exchanges of at most so many numbers of each of at most so many slices. */
export const createExchangeMemory = (slices: number, numbers: number): SharedArrayBuffer => {
  // Twice, since one may write its next numbers while another still reads these.
  const memory = new SharedArrayBuffer(HEADER_BYTES + 2 * slices * numbers * Float64Array.BYTES_PER_ELEMENT);
  headerOf(memory)[CAPACITY] = numbers;
  return memory;
};

/**
 * The exchange of one slice of a batch with the others; each makes as many, in the same order. This thread sleeps until
 * all have come, and all find the same numbers in the order of the batch.
 *
 * @returns A function that throws AbandonedSliceError when another slice was given up, and TrainingError when one does
 *   not come in time, or where a thread may not sleep (a page's main thread).
 */
export const exchangeOf = ({ memory, index, count, timeoutSeconds }: SliceGroup): SliceExchange => {
  const header = headerOf(memory);
  const capacity = header[CAPACITY]!;
  let made = 0;

  const awaitOthers = (): void => {
    const exchanges = Atomics.load(header, EXCHANGES);
    if (exchanges === ABANDONED) throw new AbandonedSliceError('another slice of the batch was given up');
    if (Atomics.add(header, ARRIVED, 1) + 1 === count) {
      Atomics.store(header, ARRIVED, 0);
      // Unless one gives up at this moment.
      Atomics.compareExchange(header, EXCHANGES, exchanges, (exchanges + 1) & 0x7fffffff);
      Atomics.notify(header, EXCHANGES);
    }
    // Again when it has been woken by who came last to the exchange before, and says so late.
    while (Atomics.load(header, EXCHANGES) === exchanges) {
      if (sleep(header, exchanges, timeoutSeconds) !== 'timed-out') continue;
      throw new TrainingError(
        `batch normalization: expected the statistics of all ${count} slices of the batch within ${timeoutSeconds} s, found those of ${Atomics.load(header, ARRIVED)}: a training worker has ended or hangs, so resume the run from its last checkpoint`,
      );
    }
    if (Atomics.load(header, EXCHANGES) === ABANDONED) {
      throw new AbandonedSliceError('another slice of the batch was given up');
    }
  };

  return (values) => {
    const offset = HEADER_BYTES + (made++ % 2) * count * capacity * Float64Array.BYTES_PER_ELEMENT;
    const all = Array.from(
      { length: count },
      (_, i) =>
        new Float64Array(memory, offset + i * capacity * Float64Array.BYTES_PER_ELEMENT, values.length),
    );
    all[index]!.set(values);
    awaitOthers();
    return all;
  };
};

/** Ends the waiting of all other slices: this one will not come. */
export const abandon = (memory: SharedArrayBuffer): void => {
  const header = headerOf(memory);
  Atomics.store(header, EXCHANGES, ABANDONED);
  Atomics.notify(header, EXCHANGES);
};

const headerOf = (memory: SharedArrayBuffer): Int32Array => new Int32Array(memory, 0, 3);

const sleep = (header: Int32Array, exchanges: number, seconds: number): ReturnType<typeof Atomics.wait> => {
  try {
    return Atomics.wait(header, EXCHANGES, exchanges, 1000 * seconds);
  } catch (cause) {
    throw new TrainingError(
      'batch normalization: expected a thread that may wait for others, found a page’s main thread: train in a worker, or on one replica',
      { cause },
    );
  }
};
