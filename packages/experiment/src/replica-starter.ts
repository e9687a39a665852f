import { createReplica, parallelReplica, type Replica, wholeBatchLayerOf } from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Starts replicas of a model, `count` of them, as one that shares each batch among them; its `dispose` ends them. */
export type ReplicaStarter = (model: LayersModel, count: number) => Promise<Replica>;

/** Returns the number of replicas that may share each batch: `most`, or one where a layer needs the whole batch. */
export const workersFor = (model: LayersModel, most: number): number =>
  wholeBatchLayerOf(model) === undefined ? most : 1;

/**
 * Returns a starter whose replicas compute on this thread, one of them, and where `startRemote` starts the others.
 *
 * @param startRemote Starts one replica elsewhere, such as `connectReplica` of @dropout-lab/training gives.
 * @returns Throws what `startRemote` throws; those that have started have ended then.
 */
export const replicaStarter =
  (startRemote: (model: LayersModel) => Promise<Replica>): ReplicaStarter =>
  async (model, count) => {
    const starts = await Promise.allSettled(Array.from({ length: count - 1 }, () => startRemote(model)));
    const remote = starts.flatMap((start) => (start.status === 'fulfilled' ? start.value : []));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed) {
      for (const replica of remote) replica.dispose();
      throw failed.reason;
    }
    return parallelReplica([...remote, createReplica(model)]);
  };
