import { MessageChannel, type MessagePort as NodeMessagePort, Worker } from 'node:worker_threads';
import type { RunConfig } from '@dropout-lab/contracts';
import { connectReplica, createReplica, parallelReplica, type Replica } from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What a gradient worker is started with. */
export interface GradientWorkerData {
  readonly port: NodeMessagePort;
  readonly backend: string;
  readonly config: RunConfig;
}

/**
 * A replica that computes on this thread and on `count - 1` worker threads, each with a backend of its own.
 *
 * @throws TrainingError later, when a worker ends early.
 */
export const startReplicas = async (
  model: LayersModel,
  { count, backend, config }: { count: number; backend: string; config: RunConfig },
): Promise<Replica> => {
  const remote = await Promise.all(
    Array.from({ length: count - 1 }, () => {
      const { port1, port2 } = new MessageChannel();
      const workerData: GradientWorkerData = { port: port2, backend, config };
      const worker = new Worker(new URL('./gradient-worker.js', import.meta.url), {
        workerData,
        transferList: [port2],
      });
      // Its end shows as a closed port; without a listener its error would end this thread at once.
      worker.on('error', (error) => process.stderr.write(`training worker: ${error.stack ?? error}\n`));
      worker.unref();
      // Node's port has all that the web's needs to have here; their declared types differ.
      return connectReplica(port1 as unknown as MessagePort, model);
    }),
  );
  return parallelReplica([...remote, createReplica(model)]);
};
