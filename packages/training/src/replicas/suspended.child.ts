/**
 * A process of slice-exchange.cpu.test.ts, of two threads: the first says that it waits for the other, which arrives when it
 * has read something from stdin, a moment later, and then what became of the exchange.
 */
import { readSync, writeSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createExchangeMemory, exchangeOf } from './slice-exchange.ts';

const [STDIN, STDOUT] = [0, 1];

if (isMainThread) {
  const group = {
    memory: createExchangeMemory(2, 1),
    threads: 2,
    slices: 2,
    first: 0,
    timeoutSeconds: Number(process.argv[2]),
  };
  const worker = new Worker(new URL(import.meta.url), { workerData: { ...group, first: 1 } });
  // Not before, since a slow machine may need longer than the timeout to start it.
  worker.once('message', () => {
    writeSync(STDOUT, 'waits\n');
    try {
      writeSync(STDOUT, `${exchangeOf(group)([Float64Array.of(3)]).join()}\n`);
    } catch (error) {
      writeSync(STDOUT, `${(error as Error).message}\n`);
      process.exit();
    }
  });
} else {
  parentPort!.postMessage('ready');
  readSync(STDIN, Buffer.alloc(1));
  // The other thread must have looked at its clock by then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  exchangeOf(workerData)([Float64Array.of(4)]);
}
