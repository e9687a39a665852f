import type { RunConfig } from '@dropout-lab/contracts';
import { type ReplicaStarter, replicaStarter } from '@dropout-lab/experiment';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { connectReplica, serveReplica } from '@dropout-lab/training';
import { transfer } from 'comlink';
import { raceSignal } from 'race-signal';
import { startComputing } from '../backend.ts';
import { threadOf } from '../thread.ts';

/** The part of a run's configuration that decides a replica's model. */
type ReplicaConfig = Pick<RunConfig, 'model' | 'dataset' | 'seed'>;

/** The service by which a thread computes a share of another's batches. */
export const replicaService = {
  /** Serves a replica of a model at the other end of the port, on wasm. */
  shareBatches: async (port: MessagePort, config: ReplicaConfig): Promise<void> => {
    await startComputing('wasm');
    serveReplica(port, buildModel(modelSpecOf(config), config.seed));
  },
};

/**
 * Starts replicas in further workers, each with a wasm backend of its own. They end when they are disposed, or with this
 * worker.
 */
export const workerReplicas = (config: ReplicaConfig): ReplicaStarter =>
  replicaStarter(async (model) => {
    // This worker's own script, so that the build has its code once.
    const thread = threadOf<typeof replicaService>(new Worker(self.location.href, { type: 'module' }));
    const { port1, port2 } = new MessageChannel();
    await thread.call((services) => services.shareBatches(transfer(port2, [port2]), config));
    const replica = await raceSignal(connectReplica(port1, model), thread.gone);
    return {
      ...replica,
      gradients: (slice, position) => raceSignal(replica.gradients(slice, position), thread.gone),
      logits: (slice) => raceSignal(replica.logits(slice), thread.gone),
      dispose: () => {
        replica.dispose();
        thread.end();
      },
    };
  });
