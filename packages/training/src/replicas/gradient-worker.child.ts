/** A thread of tests: serves a replica at the port that it is started with. */
import { type MessagePort as NodePort, workerData } from 'node:worker_threads';
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import {
  branchedModel,
  normalizedModel,
  regularizedModel,
  rowNormalizedModel,
  tinyModel,
} from '../testing.ts';
import { serveReplica } from './remote-replica.ts';
import type { WorkerData } from './workers.testing.ts';

const { port, model } = workerData as WorkerData<NodePort>;
const models = {
  tiny: () => tinyModel(),
  normalized: () => normalizedModel(),
  rowNormalized: rowNormalizedModel,
  regularized: regularizedModel,
  branched: branchedModel,
  exiting: () => normalizedModel(() => process.exit()),
  throwing: () =>
    normalizedModel(() => {
      throw new Error('thrown in a worker');
    }),
};
await setBackend('cpu');
// Node's port can do what is needed of the web's; their types differ.
serveReplica(port as unknown as MessagePort, models[model]());
