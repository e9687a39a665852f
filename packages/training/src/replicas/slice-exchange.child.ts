/**
 * A thread of slice-exchange.cpu.test.ts: takes part in some exchanges, and posts the number of the first with wrong numbers. A
 * late one wakes the others before it arrives.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { exchangeOf, type SliceGroup } from './slice-exchange.ts';

const { group, exchanges, isLate } = workerData as {
  group: SliceGroup;
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
  const all = exchange(Float64Array.of(group.index, made));
  if (all.length !== group.count || all.some(([index, of], i) => index !== i || of !== made)) wrong = made;
}
parentPort!.postMessage(wrong);
