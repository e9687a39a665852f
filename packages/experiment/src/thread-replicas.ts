import { MessageChannel, type MessagePort as NodeMessagePort, Worker } from 'node:worker_threads';
import type { BackendChoice, WasmKernels } from '@dropout-lab/backend/node';
import type { RunConfig } from '@dropout-lab/contracts';
import { connectReplica } from '@dropout-lab/training';
import { type ReplicaStarter, replicaStarter } from './replica-starter.ts';

/** The backend and the model of a run's threads. */
export interface ThreadReplicasOptions {
  /** Started on every thread: the one that runs on this one. */
  readonly backend: BackendChoice;
  /** Those of wasm on this thread; the plain ones when left out. */
  readonly kernels?: WasmKernels | undefined;
  /** The settings from which the model is built. */
  readonly config: Pick<RunConfig, 'model' | 'dataset' | 'seed'>;
}

/** The data that a gradient worker is started with. */
export interface GradientWorkerData extends ThreadReplicasOptions {
  readonly port: NodeMessagePort;
}

/**
 * A step leaves a few megabytes of dead objects, which V8 would let grow to a hundred in each thread before it looks;
 * with this limit it takes as long.
 */
const YOUNG_GENERATION_MB = 24;

/**
 * Starts replicas on this thread and on worker threads, each with a backend of its own.
 *
 * @returns Throws a TrainingError when a worker ends before it has started; so does the replica that it gives, later.
 */
export const threadReplicas = ({ backend, kernels, config }: ThreadReplicasOptions): ReplicaStarter =>
  replicaStarter((model) => {
    const { port1, port2 } = new MessageChannel();
    const { model: spec, dataset, seed } = config;
    const workerData: GradientWorkerData = {
      port: port2,
      backend,
      kernels,
      config: { model: spec, dataset, seed },
    };
    const worker = new Worker(new URL('./gradient-worker.js', import.meta.url), {
      workerData,
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    // Its end is seen by the closed port; without a listener its error would end this thread at once.
    worker.on('error', (error) => process.stderr.write(`training worker: ${error.stack ?? error}\n`));
    worker.unref();
    // Node's port works in place of the web's here; only their declared types differ.
    return connectReplica(port1 as unknown as MessagePort, model);
  });
