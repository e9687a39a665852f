import type { Batch } from '@dropout-lab/contracts';
import { trainedWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expose, transfer, wrap } from 'comlink';
import { raceSignal } from 'race-signal';
import { requireSeeded } from '../checks/require-seeded.ts';
import { TrainingError } from '../errors.ts';
import { createPool } from './pool.ts';
import {
  bytesOf,
  followWeights,
  publishedWeightsOf,
  variablesOf,
  viewsOf,
  type WeightsFollower,
} from './published-weights.ts';
import { createReplica, type Replica, type SlicePosition } from './replica.ts';
import { copyTo, tensorOf } from './shared-tensors.ts';
import { abandon } from './slice-exchange.ts';
import { sharedStatisticsOf, wholeBatchLayerOf } from './whole-batch.ts';

/** The functions of a worker. Weights, gradients and variables that training changes pass through shared memory. */
interface ReplicaService {
  connect(outline: string, weights: SharedArrayBuffer): void;
  gradients(
    slice: Batch,
    position: SlicePosition,
    version: number,
    /** The gradients, and the variables that have changed, are written to it. */
    results: SharedArrayBuffer,
  ): Promise<{
    loss: number;
    correct: number | undefined;
    logits?: Float32Array | undefined;
    /** Indices in `model.nonTrainableWeights` of the variables that have changed. */
    changed: readonly number[];
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

  const service: ReplicaService = {
    connect: (outline, weightsMemory) => {
      requireSeeded(model);
      requireOutline(outline, outlineOf(model));
      weights = followWeights(model, weightsMemory);
    },
    gradients: async (slice, position, version, results) => {
      weights?.follow(version);
      const gradientViews = viewsOf(results, trained);
      const otherViews = viewsOf(results, others, bytesOf(trained));
      const before = others.map(({ dataId }) => dataId);
      const changedOf = () => [...others.keys()].filter((i) => others[i]!.dataId !== before[i]);
      try {
        const { loss, correct, logits, gradients } = await replica.gradients(slice, position);
        const changed = changedOf();
        gradients.forEach((gradient, i) => {
          copyTo(gradient, gradientViews[i]!);
        });
        for (const i of changed) copyTo(others[i]!, otherViews[i]!);
        tf.dispose(gradients);
        return { loss, correct, logits, changed };
      } finally {
        // The other thread decides what becomes of them.
        if (changedOf().length > 0) weights?.forget();
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
 * Returns the replica that {@link serveReplica} serves at the other end of `port`. All replicas of a model share one copy of its
 * variables, which is made when they have changed; variables that training changes there, such as moving statistics, change
 * in this thread's model too.
 *
 * @param model This thread's model, on a backend that can be read at once (WebGPU cannot); the other thread computes with
 *   its current variables.
 * @throws TrainingError where memory cannot be shared between threads, when the other thread's model has other variables,
 *   and later, when the worker ends early.
 */
export const connectReplica = async (port: MessagePort, model: LayersModel): Promise<Replica> => {
  if (typeof SharedArrayBuffer === 'undefined') {
    throw new TrainingError(
      'connectReplica: expected SharedArrayBuffer, found none: serve the page with cross-origin isolation (COOP and COEP headers), or train on one thread',
    );
  }
  const weights = publishedWeightsOf(model);
  const { trained, others } = resultsOf(model);
  // As many as there are answers at the same time.
  const memories = createPool(() => new SharedArrayBuffer(bytesOf(trained) + bytesOf(others)));

  const service = wrap<ReplicaService>(port);
  const ended = endOf(port);
  await raceSignal(service.connect(outlineOf(model), weights.memory), ended);
  // The weights are published at once: a replica of this thread may compute next and leave no time to do it later.
  return {
    model,
    wholeBatchLayer: wholeBatchLayerOf(model),
    sharedStatistics: sharedStatisticsOf(model),
    gradients: async (slice, position) => {
      // Lets the other slices stop waiting for this one.
      const giveUp = (): void => {
        if (position.group) abandon(position.group.memory);
      };
      requireSendable(position, giveUp);
      if (ended.aborted) giveUp();
      ended.addEventListener('abort', giveUp);
      const results = memories.take();
      const asked = service.gradients(ownCopy(slice), position, weights.publish(), results);
      const { loss, correct, logits, changed } = await raceSignal(asked, ended).finally(() =>
        ended.removeEventListener('abort', giveUp),
      );
      const gradientViews = viewsOf(results, trained);
      const otherViews = viewsOf(results, others, bytesOf(trained));
      const gradients = trained.map(({ shape }, i) => tensorOf(gradientViews[i]!, shape));
      tf.tidy(() => {
        for (const i of changed) others[i]!.assign(tensorOf(otherViews[i]!, others[i]!.shape));
      });
      // Not after an error, when the other thread may still write to it.
      memories.giveBack(results);
      return { loss, correct, gradients, logits };
    },
    logits: async (slice) => raceSignal(service.logits(ownCopy(slice), weights.publish()), ended),
    dispose: () => port.close(),
  };
};

/** A copy of a slice, whose memory is transferred to the other thread; the slice itself may be a view of the batch. */
const ownCopy = ({ images, labels, sampleWeights, size }: Batch): Batch => {
  const copy = images instanceof Float32Array ? new Float32Array(images) : new Uint8Array(images);
  const slice = { images: copy, labels: labels.slice(), size };
  return transfer({ ...slice, ...(sampleWeights && { sampleWeights: sampleWeights.slice() }) }, [
    copy.buffer,
  ]);
};

/** The variables whose gradients are returned, and the others, which training may change. */
const resultsOf = (model: LayersModel) => ({
  trained: trainedWeights(model).map(({ variable }) => variable),
  others: variablesOf(model.nonTrainableWeights),
});

/** The shapes of a model's variables: equal for a model and its copy in a worker. */
const outlineOf = ({ trainableWeights, nonTrainableWeights }: LayersModel): string => {
  const shapesOf = (weights: LayersModel['weights']) =>
    weights.map(({ shape }) => `[${shape}]`).join(' ') || 'none';
  return `${shapesOf(trainableWeights)}, not trained: ${shapesOf(nonTrainableWeights)}`;
};

/** @throws TrainingError when a worker's model has other variables than the model that it is a replica of. */
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

/** @throws TrainingError for a loss of the user's own: a function cannot be sent to another thread. */
const requireSendable = ({ loss }: SlicePosition, giveUp: () => void): void => {
  if (loss === undefined || !('rows' in loss)) return;
  // At once: a replica of this thread that computes next would wait for this slice before the error is seen.
  giveUp();
  throw new TrainingError(
    `loss: ${loss.name}: expected a built-in loss, found a function of your own, which cannot be sent to a worker: train on one thread`,
  );
};
