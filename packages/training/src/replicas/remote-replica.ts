import type { Batch } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expose, wrap } from 'comlink';
import { TrainingError } from '../errors.ts';
import { createReplica, type Replica, type SlicePosition } from './replica.ts';
import { wholeBatchLayerOf } from './whole-batch.ts';

/** What a worker offers. Weights and gradients pass through memory that both threads see. */
interface ReplicaService {
  connect(weights: SharedArrayBuffer, gradients: SharedArrayBuffer): void;
  gradients(
    slice: Batch,
    position: SlicePosition,
  ): Promise<{ loss: number; correct: number | undefined; logits?: Float32Array | undefined }>;
  logits(slice: Batch): Promise<Float32Array>;
}

/**
 * Serves a replica to the thread at the other end of `port`, until the port closes. Call it in a worker, on a
 * started backend, with a model of the same spec as the other thread's, whose weights it follows.
 */
export const serveReplica = (port: MessagePort, model: LayersModel): void => {
  const replica = createReplica(model);
  const weights = variablesOf(model.weights);
  const trained = variablesOf(model.trainableWeights);
  let sharedWeights: readonly Float32Array[] = [];
  let sharedGradients: readonly Float32Array[] = [];

  const followWeights = (): void => {
    tf.tidy(() => {
      weights.forEach((weight, i) => {
        // Sliced, since a backend may keep the array that it is given.
        weight.assign(tf.tensor(sharedWeights[i]!.slice(), weight.shape));
      });
    });
  };

  const service: ReplicaService = {
    connect: (weightsBuffer, gradientsBuffer) => {
      sharedWeights = viewsOf(weightsBuffer, weights);
      sharedGradients = viewsOf(gradientsBuffer, trained);
    },
    gradients: async (slice, position) => {
      followWeights();
      const { loss, correct, logits, gradients } = await replica.gradients(slice, position);
      const values = await Promise.all(gradients.map((gradient) => gradient.data<'float32'>()));
      values.forEach((value, i) => {
        sharedGradients[i]!.set(value);
      });
      tf.dispose(gradients);
      return { loss, correct, logits };
    },
    logits: (slice) => {
      followWeights();
      return replica.logits(slice);
    },
  };
  expose(service, port);
};

/**
 * The replica that {@link serveReplica} serves at the other end of `port`.
 *
 * @param model This thread's model, on a backend that can be read at once (WebGPU cannot); the other thread computes with
 *   its current weights.
 * @throws TrainingError where memory cannot be shared between threads, when a layer needs the whole batch at once, and
 *   later, when the worker ends early.
 */
export const connectReplica = async (port: MessagePort, model: LayersModel): Promise<Replica> => {
  if (typeof SharedArrayBuffer === 'undefined') {
    throw new TrainingError(
      'connectReplica: expected SharedArrayBuffer, found none: serve the page with cross-origin isolation (COOP and COEP headers), or train on one thread',
    );
  }
  requireSlices(model);
  const weights = variablesOf(model.weights);
  const trained = variablesOf(model.trainableWeights);
  const weightsBuffer = sharedMemoryOf(weights);
  const gradientsBuffer = sharedMemoryOf(trained);
  const sharedWeights = viewsOf(weightsBuffer, weights);
  const sharedGradients = viewsOf(gradientsBuffer, trained);

  // At once: a replica of this thread that is asked next leaves no time to ask later.
  const publishWeights = (): void => {
    weights.forEach((weight, i) => {
      sharedWeights[i]!.set(weight.dataSync());
    });
  };

  const service = wrap<ReplicaService>(port);
  const answerOf = rejectingAtClose(port);
  await answerOf(service.connect(weightsBuffer, gradientsBuffer));
  return {
    model,
    gradients: async (slice, position) => {
      requireSendable(position);
      publishWeights();
      const { loss, correct, logits } = await answerOf(service.gradients(slice, position));
      const gradients = trained.map(({ shape }, i) => tf.tensor(sharedGradients[i]!.slice(), shape));
      return { loss, correct, gradients, logits };
    },
    logits: async (slice) => {
      publishWeights();
      return answerOf(service.logits(slice));
    },
    dispose: () => port.close(),
  };
};

/**
 * Passes an answer through, or rejects when the port closes before it has come, or has closed already. Not a race
 * with one promise for the port's end, which would hold on to every answer until then.
 */
const rejectingAtClose = (port: MessagePort) => {
  let open = true;
  port.addEventListener('close', () => {
    open = false;
  });
  return <Answer>(answer: Promise<Answer>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const end = (): void =>
        reject(new TrainingError('a training worker ended early: resume the run from its last checkpoint'));
      if (!open) return end();
      port.addEventListener('close', end);
      answer.then(resolve, reject).finally(() => port.removeEventListener('close', end));
    });
};

/** @throws TrainingError for a loss of the user's own: a function cannot pass to another thread. */
const requireSendable = ({ loss }: SlicePosition): void => {
  if (loss === undefined || !('rows' in loss)) return;
  throw new TrainingError(
    `loss: ${loss.name}: expected a loss that a worker knows, found a function of your own, which cannot be sent to it: train on one thread`,
  );
};

const variablesOf = (weights: LayersModel['weights']): tf.Variable[] =>
  weights.map((weight) => weight.read() as tf.Variable);

const sharedMemoryOf = (variables: readonly tf.Variable[]): SharedArrayBuffer =>
  new SharedArrayBuffer(variables.reduce((sum, { size }) => sum + size, 0) * Float32Array.BYTES_PER_ELEMENT);

/** @throws TrainingError when slices of a batch would be trained otherwise than the whole. */
const requireSlices = (model: LayersModel): void => {
  const layer = wholeBatchLayerOf(model);
  if (layer === undefined) return;
  throw new TrainingError(
    `connectReplica: expected a model whose images do not depend on each other in training, found ${layer}, which needs the statistics of the whole batch: train on one thread`,
  );
};

/** A view for each variable, one after the other. */
const viewsOf = (buffer: SharedArrayBuffer, variables: readonly tf.Variable[]): Float32Array[] => {
  let offset = 0;
  return variables.map(({ size }) => {
    const view = new Float32Array(buffer, offset, size);
    offset += view.byteLength;
    return view;
  });
};
