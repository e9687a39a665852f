import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A training on another thread that shares nothing with this one's but the machine. */
export interface Neighbour {
  /** Runs `work` while the neighbour trains, and waits until it rests again. */
  beside(work: () => Promise<unknown>): Promise<void>;
  stop(): Promise<unknown>;
}

/** Starts a neighbour that rests. */
export const startNeighbour = async (): Promise<Neighbour> => {
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const isAsked = new Int32Array(shared);
  const worker = new Worker(new URL('./neighbour.js', import.meta.url), { workerData: shared });
  await once(worker, 'message');
  return {
    beside: async (work) => {
      Atomics.store(isAsked, 0, 1);
      Atomics.notify(isAsked, 0);
      await work();
      Atomics.store(isAsked, 0, 0);
      await once(worker, 'message');
    },
    stop: () => worker.terminate(),
  };
};
