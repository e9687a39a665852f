/**
 * A thread of slice-exchange.cpu.test.ts: takes part in some exchanges with its slices, and posts the number of the first with
 * wrong numbers. A late one wakes the others before it arrives.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { exchangeOf, type SliceGroup } from './slice-exchange.ts';

const { group, own, exchanges, isLate } = workerData as {
  group: SliceGroup;
  /** The number of its slices. */
  own: number;
  exchanges: number;
  isLate: boolean;
};
const exchange = exchangeOf(group);
const nobody = new Int32Array(new SharedArrayBuffer(4));
let wrong: number | undefined;
for (let made = 0; made < exchanges && wrong === undefined; made++) {
  if (isLate) {
    Atomics.wait(nobody, 0, 0, 1);
    Atomics.notify(new Int32Array(group.memory), 0);
    Atomics.wait(nobody, 0, 0, 1);
  }
  const all = exchange(Array.from({ length: own }, (_, i) => Float64Array.of(group.first + i, made)));
  if (all.length !== group.slices || all.some(([slice, of], i) => slice !== i || of !== made)) wrong = made;
}
parentPort!.postMessage(wrong);
