import type { Batch } from '@dropout-lab/contracts';
import { trainedWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expose, transfer, wrap } from 'comlink';
import { raceSignal } from 'race-signal';
import { requireSeeded } from '../checks/require-seeded.ts';
import { TrainingError } from '../errors.ts';
import {
  bytesOf,
  followWeights,
  publishedWeightsOf,
  variablesOf,
  viewsOf,
  type WeightsFollower,
} from './published-weights.ts';
import { createReplica, type Replica, type SlicePosition } from './replica.ts';
import { abandon } from './slice-exchange.ts';
import { sharedStatisticsOf, wholeBatchLayerOf } from './whole-batch.ts';

/** What a worker offers. Weights, gradients and what training moves pass through memory that both threads see. */
interface ReplicaService {
  connect(outline: string, weights: SharedArrayBuffer, results: SharedArrayBuffer): void;
  gradients(
    slice: Batch,
    position: SlicePosition,
    version: number,
  ): Promise<{
    loss: number;
    correct: number | undefined;
    logits?: Float32Array | undefined;
    /** Places in `model.nonTrainableWeights` of the variables that have moved. */
    moved: readonly number[];
  }>;
  logits(slice: Batch, version: number): Promise<Float32Array>;
}

/**
 * Serves a replica to the thread at the other end of `port`, until the port closes. Call it in a worker, on a
 * started backend, with a model of the same spec as the other thread's, whose variables it follows.
 */
export const serveReplica = (port: MessagePort, model: LayersModel): void => {
  const replica = createReplica(model);
  const { trained, others } = resultsOf(model);
  let weights: WeightsFollower | undefined;
  let gradientViews: readonly Float32Array[] = [];
  let otherViews: readonly Float32Array[] = [];

  const service: ReplicaService = {
    connect: (outline, weightsMemory, results) => {
      requireSeeded(model);
      requireOutline(outline, outlineOf(model));
      weights = followWeights(model, weightsMemory);
      gradientViews = viewsOf(results, trained);
      otherViews = viewsOf(results, others, bytesOf(trained));
    },
    gradients: async (slice, position, version) => {
      weights?.follow(version);
      const before = others.map(({ dataId }) => dataId);
      const movedOf = () => [...others.keys()].filter((i) => others[i]!.dataId !== before[i]);
      try {
        const { loss, correct, logits, gradients } = await replica.gradients(slice, position);
        const moved = movedOf();
        await Promise.all([
          ...gradients.map(async (gradient, i) => gradientViews[i]!.set(await gradient.data())),
          ...moved.map(async (i) => otherViews[i]!.set(await others[i]!.data())),
        ]);
        tf.dispose(gradients);
        return { loss, correct, logits, moved };
      } finally {
        // What the other thread makes of it decides.
        if (movedOf().length > 0) weights?.forget();
      }
    },
    logits: (slice, version) => {
      weights?.follow(version);
      return replica.logits(slice);
    },
  };
  expose(service, port);
};

/**
 * The replica that {@link serveReplica} serves at the other end of `port`. All replicas of a model share one copy of its
 * variables, which is made when they have changed; variables that training moves there, such as moving statistics, move
 * in this thread's model too.
 *
 * @param model This thread's model, on a backend that can be read at once (WebGPU cannot); the other thread computes with
 *   its current variables.
 * @throws TrainingError where memory cannot be shared between threads, when the other thread's model is another, and
 *   later, when the worker ends early.
 */
export const connectReplica = async (port: MessagePort, model: LayersModel): Promise<Replica> => {
  if (typeof SharedArrayBuffer === 'undefined') {
    throw new TrainingError(
      'connectReplica: expected SharedArrayBuffer, found none: serve the page with cross-origin isolation (COOP and COEP headers), or train on one thread',
    );
  }
  const weights = publishedWeightsOf(model);
  const { trained, others } = resultsOf(model);
  const results = new SharedArrayBuffer(bytesOf(trained) + bytesOf(others));
  const gradientViews = viewsOf(results, trained);
  const otherViews = viewsOf(results, others, bytesOf(trained));

  const service = wrap<ReplicaService>(port);
  const ended = endOf(port);
  await raceSignal(service.connect(outlineOf(model), weights.memory, results), ended);
  // The weights are published at once: a replica of this thread that is asked next leaves no time to do it later.
  return {
    model,
    wholeBatchLayer: wholeBatchLayerOf(model),
    sharedStatistics: sharedStatisticsOf(model),
    gradients: async (slice, position) => {
      // The others do not wait for a slice that will not come.
      const giveUp = (): void => {
        if (position.group) abandon(position.group.memory);
      };
      requireSendable(position, giveUp);
      if (ended.aborted) giveUp();
      ended.addEventListener('abort', giveUp);
      const asked = service.gradients(ownCopy(slice), position, weights.publish());
      const { loss, correct, logits, moved } = await raceSignal(asked, ended).finally(() =>
        ended.removeEventListener('abort', giveUp),
      );
      const gradients = trained.map(({ shape }, i) => tf.tensor(gradientViews[i]!.slice(), shape));
      tf.tidy(() => {
        for (const i of moved) others[i]!.assign(tf.tensor(otherViews[i]!.slice(), others[i]!.shape));
      });
      return { loss, correct, gradients, logits };
    },
    logits: async (slice) => raceSignal(service.logits(ownCopy(slice), weights.publish()), ended),
    dispose: () => port.close(),
  };
};

/** A slice in memory of its own, which goes over to the other thread; the rest of the batch, which it may be a view of, stays. */
const ownCopy = ({ images, labels, sampleWeights, size }: Batch): Batch => {
  const copy = images instanceof Float32Array ? new Float32Array(images) : new Uint8Array(images);
  const slice = { images: copy, labels: labels.slice(), size };
  return transfer({ ...slice, ...(sampleWeights && { sampleWeights: sampleWeights.slice() }) }, [
    copy.buffer,
  ]);
};

/** What comes back: gradients of what is trained, and other variables that training moves. */
const resultsOf = (model: LayersModel) => ({
  trained: trainedWeights(model).map(({ variable }) => variable),
  others: variablesOf(model.nonTrainableWeights),
});

/** What two models have in common whose variables stand for each other. */
const outlineOf = ({ trainableWeights, nonTrainableWeights }: LayersModel): string => {
  const shapesOf = (weights: LayersModel['weights']) =>
    weights.map(({ shape }) => `[${shape}]`).join(' ') || 'none';
  return `${shapesOf(trainableWeights)}, not trained: ${shapesOf(nonTrainableWeights)}`;
};

/** @throws TrainingError when a worker's model is another than the one that it is to be a replica of. */
const requireOutline = (expected: string, found: string): void => {
  if (expected === found) return;
  throw new TrainingError(
    `serveReplica: expected a model with the variables ${expected}, found ${found}: build it from the same spec, and freeze the same layers`,
  );
};

/** Aborted when the port closes, with the error of all answers that have not come by then. */
const endOf = (port: MessagePort): AbortSignal => {
  const end = new AbortController();
  port.addEventListener('close', () =>
    end.abort(new TrainingError('a training worker ended early: resume the run from its last checkpoint')),
  );
  return end.signal;
};

/** @throws TrainingError for a loss of the user's own: a function cannot pass to another thread. */
const requireSendable = ({ loss }: SlicePosition, giveUp: () => void): void => {
  if (loss === undefined || !('rows' in loss)) return;
  // At once: a replica of this thread that is asked next would wait before anyone hears of the error.
  giveUp();
  throw new TrainingError(
    `loss: ${loss.name}: expected a loss that a worker knows, found a function of your own, which cannot be sent to it: train on one thread`,
  );
};
