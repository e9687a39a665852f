import { MessageChannel as NodeChannel, type MessagePort as NodePort, Worker } from 'node:worker_threads';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll } from 'vitest';
import { buildChild } from '../../../../scripts/build-child.ts';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';

/** The model of a worker; the last two end the thread, or throw, in the middle of a forward pass. */
export type WorkerModel =
  | 'tiny'
  | 'normalized'
  | 'rowNormalized'
  | 'regularized'
  | 'branched'
  | 'exiting'
  | 'throwing';

/** The data that gradient-worker.child.ts is started with. */
export interface WorkerData<Port> {
  readonly port: Port;
  readonly model: WorkerModel;
}

/** Compiles gradient-worker.child.ts before the tests of a file; returns a function that starts a thread with it. */
export const useWorkers = () => {
  const startChild = useChild('gradient-worker.child');
  return (model: WorkerModel): { worker: Worker; port: MessagePort } => {
    const { port1, port2 } = new NodeChannel();
    const workerData: WorkerData<NodePort> = { port: port2, model };
    return { worker: startChild(workerData, [port2]), port: port1 as unknown as MessagePort };
  };
};

/** Compiles a file of this folder before the tests of a file; returns a function that starts a thread with it. */
export const useChild = (name: string) => {
  let program: string;

  beforeAll(async () => {
    // The backend of the workers.
    await tf.setBackend('cpu');
    program = await buildChild(new URL(`${name}.ts`, import.meta.url), temporaryFolder());
  });

  return (workerData: unknown, transferList: NodePort[] = []): Worker =>
    new Worker(program, { workerData, transferList });
};
