import type { Batch } from '@dropout-lab/contracts';
import { trainedWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expose, transfer, wrap } from 'comlink';
import { raceSignal } from 'race-signal';
import { requireSeeded } from '../checks/require-seeded.ts';
import { TrainingError } from '../errors.ts';
import { createPool, type Pool } from './pool.ts';
import {
  type BatchRows,
  type PartsPosition,
  type SampledPosition,
  type SlicePosition,
  wholeOf,
} from './position.ts';
import {
  bytesOf,
  followWeights,
  publishedWeightsOf,
  variablesOf,
  viewsOf,
  type WeightsFollower,
} from './published-weights.ts';
import { createReplica, type Replica } from './replica.ts';
import { copyTo, tensorOf } from './shared-tensors.ts';
import { abandon } from './slice-exchange.ts';
import type { SliceGradients } from './slice-gradients.ts';
import { sharedStatisticsOf, wholeBatchLayerOf } from './whole-batch.ts';

/** The functions of a worker. Weights, gradients and variables that training changes pass through shared memory. */
interface ReplicaService {
  connect(outline: string, weights: SharedArrayBuffer): void;
  gradients(
    rows: Batch,
    position: SlicePosition | PartsPosition,
    version: number,
    /** The gradients, one list for each part, and the variables that have changed, are written to it. */
    results: SharedArrayBuffer,
  ): Promise<{
    /** One for each part; one for a position without parts. */
    shares: readonly ShareOfWorker[];
    /** Indices in `model.nonTrainableWeights` of the variables that have changed. */
    changed: readonly number[];
  }>;
  logits(slice: Batch, rows: BatchRows, version: number): Promise<Float32Array>;
  sampledLogits(slice: Batch, position: SampledPosition, version: number): Promise<Float32Array>;
}

/** A share without its gradients. */
type ShareOfWorker = Omit<SliceGradients, 'gradients'>;

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
    gradients: async (rows, position, version, results) => {
      weights?.follow(version);
      const before = others.map(({ dataId }) => dataId);
      const changedOf = () => [...others.keys()].filter((i) => others[i]!.dataId !== before[i]);
      try {
        const shares =
          'parts' in position
            ? await replica.partGradients!(rows, position)
            : [await replica.gradients(rows, position)];
        const views = viewsOf(results, [...shares.flatMap(() => trained), ...others]);
        shares
          .flatMap(({ gradients }) => gradients)
          .forEach((gradient, i) => {
            copyTo(gradient, views[i]!);
          });
        const changed = changedOf();
        const otherViews = views.slice(shares.length * trained.length);
        for (const i of changed) copyTo(others[i]!, otherViews[i]!);
        tf.dispose(shares.flatMap(({ gradients }) => gradients));
        return { shares: shares.map(({ loss, correct, logits }) => ({ loss, correct, logits })), changed };
      } finally {
        // The other thread decides what becomes of them.
        if (changedOf().length > 0) weights?.forget();
      }
    },
    logits: (slice, rows, version) => {
      weights?.follow(version);
      return replica.logits(slice, rows);
    },
    sampledLogits: (slice, position, version) => {
      weights?.follow(version);
      return replica.sampledLogits(slice, position);
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
  // For each number of parts as many as there are answers at the same time.
  const memories = new Map<number, Pool<SharedArrayBuffer>>();
  const memoriesFor = (parts: number): Pool<SharedArrayBuffer> => {
    const known = memories.get(parts);
    const pool = known ?? createPool(() => new SharedArrayBuffer(parts * bytesOf(trained) + bytesOf(others)));
    memories.set(parts, pool);
    return pool;
  };

  const service = wrap<ReplicaService>(port);
  const ended = endOf(port);
  await raceSignal(service.connect(outlineOf(model), weights.memory), ended);

  /** The shares of parts of a batch, or of one slice. */
  const sharesOf = async (
    rows: Batch,
    position: SlicePosition | PartsPosition,
  ): Promise<readonly SliceGradients[]> => {
    const [parts, group] = 'parts' in position ? [position.parts.length, position.group] : [1, undefined];
    // Lets the other slices stop waiting for this one.
    const giveUp = (): void => {
      if (group) abandon(group.memory);
    };
    requireSendable(position, giveUp);
    if (ended.aborted) giveUp();
    ended.addEventListener('abort', giveUp);
    const memory = memoriesFor(parts);
    const results = memory.take();
    // The weights are published at once: a replica of this thread may compute next and leave no time to do it later.
    const asked = service.gradients(ownCopy(rows), position, weights.publish(), results);
    const { shares, changed } = await raceSignal(asked, ended).finally(() =>
      ended.removeEventListener('abort', giveUp),
    );
    const views = viewsOf(results, [...shares.flatMap(() => trained), ...others]);
    const answers = shares.map((share, part) => ({
      ...share,
      gradients: trained.map(({ shape }, i) => tensorOf(views[part * trained.length + i]!, shape)),
    }));
    const otherViews = views.slice(shares.length * trained.length);
    tf.tidy(() => {
      for (const i of changed) others[i]!.assign(tensorOf(otherViews[i]!, others[i]!.shape));
    });
    // Not after an error, when the other thread may still write to it.
    memory.giveBack(results);
    return answers;
  };

  return {
    model,
    wholeBatchLayer: wholeBatchLayerOf(model),
    sharedStatistics: sharedStatisticsOf(model),
    gradients: async (slice, position) => (await sharesOf(slice, position))[0]!,
    partGradients: sharesOf,
    logits: async (slice, rows = wholeOf(slice)) =>
      raceSignal(service.logits(ownCopy(slice), rows, weights.publish()), ended),
    sampledLogits: async (slice, position) =>
      raceSignal(service.sampledLogits(ownCopy(slice), position, weights.publish()), ended),
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
    end.abort(
      new TrainingError(
        'a worker ended early: resume the run from its last checkpoint, or ask for its answers again',
      ),
    ),
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
