/** The worker of `startNeighbour`: trains the tutorial’s model on one thread whenever it is asked to. */
import { parentPort, workerData } from 'node:worker_threads';
import { startBackend } from '@dropout-lab/backend/node';
import { createReplica } from '@dropout-lab/training';
import { createTrainer } from './kernels/trainer.ts';

await startBackend('wasm');
const trainer = createTrainer();
const replica = createReplica(trainer.model);
const isAsked = new Int32Array(workerData as SharedArrayBuffer);
for (;;) {
  parentPort!.postMessage('resting');
  Atomics.wait(isAsked, 0, 0);
  while (Atomics.load(isAsked, 0) === 1) await trainer.step(replica);
}
