import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel as NodeChannel, type MessagePort as NodePort, Worker } from 'node:worker_threads';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { build } from 'tsdown';
import { afterAll, beforeAll } from 'vitest';

/** Which model a worker has; the last two end or fail in the middle of a forward pass. */
export type WorkerModel = 'tiny' | 'normalized' | 'rowNormalized' | 'exiting' | 'throwing';

/** What gradient-worker.child.ts is started with. */
export interface WorkerData<Port> {
  readonly port: Port;
  readonly model: WorkerModel;
}

/** Compiles gradient-worker.child.ts before the tests of a file; returns what starts a thread with it. */
export const useWorkers = () => {
  const startChild = useChild('gradient-worker.child');
  return (model: WorkerModel): { worker: Worker; port: MessagePort } => {
    const { port1, port2 } = new NodeChannel();
    const workerData: WorkerData<NodePort> = { port: port2, model };
    return { worker: startChild(workerData, [port2]), port: port1 as unknown as MessagePort };
  };
};

/** Compiles a file of this folder before the tests of a file; returns what starts a thread with it. */
export const useChild = (name: string) => {
  let folder: string;

  beforeAll(async () => {
    // The workers'.
    await tf.setBackend('cpu');
    folder = await mkdtemp(join(tmpdir(), 'dropout-lab-training-'));
    // One plain file, since this Node may not run TypeScript.
    await build({
      config: false,
      entry: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
      outDir: folder,
      format: 'esm',
      fixedExtension: true,
      dts: false,
      noExternal: /./,
      inlineOnly: false,
      // The backend is imported for its effect.
      treeshake: false,
      logLevel: 'silent',
    });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  return (workerData: unknown, transferList: NodePort[] = []): Worker =>
    new Worker(join(folder, `${name}.mjs`), { workerData, transferList });
};
