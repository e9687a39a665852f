import type { ModelSpec } from '@dropout-lab/contracts';
import { buildModel } from '@dropout-lab/model';
import {
  connectReplica,
  createReplica,
  parallelReplica,
  type Replica,
  serveReplica,
} from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { transfer, wrap } from 'comlink';
import { startComputing } from './backend.ts';

/** What a thread offers to another that shares its batches. */
export const replicaService = {
  /** Serves a replica of a model at the other end of the port, on wasm. */
  shareBatches: async (port: MessagePort, spec: ModelSpec, seed: number): Promise<void> => {
    await startComputing('wasm');
    serveReplica(port, buildModel(spec, seed));
  },
};

/**
 * A replica that computes on this worker and on `count - 1` further ones, each with a wasm backend of its own. They end
 * with this one.
 */
export const startReplicas = async (
  model: LayersModel,
  { count, spec, seed }: { readonly count: number; readonly spec: ModelSpec; readonly seed: number },
): Promise<Replica> => {
  const remote = await Promise.all(
    Array.from({ length: count - 1 }, async () => {
      const { port1, port2 } = new MessageChannel();
      // This worker's own script, so that its code is there once.
      const worker = wrap<typeof replicaService>(new Worker(self.location.href, { type: 'module' }));
      await worker.shareBatches(transfer(port2, [port2]), spec, seed);
      return connectReplica(port1, model);
    }),
  );
  return parallelReplica([...remote, createReplica(model)]);
};
