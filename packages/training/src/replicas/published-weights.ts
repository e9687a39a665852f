import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TrainingError } from '../errors.ts';
import { copyTo, tensorOf } from './shared-tensors.ts';

/** The header is a version number; the values of every variable follow. */
const HEADER_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** All of a model's variables in shared memory, for any number of replicas. */
export interface PublishedWeights {
  readonly memory: SharedArrayBuffer;
  /** Updates the memory; returns its version, which changes only when a variable has changed. */
  publish(): number;
}

interface CachedWeights extends PublishedWeights {
  readonly variables: readonly tf.Variable[];
}

const ofModels = new WeakMap<LayersModel, CachedWeights>();

/** Returns the published weights of a model: the same for all its replicas, so that a step copies them once. */
export const publishedWeightsOf = (model: LayersModel): PublishedWeights => {
  const variables = variablesOf(model.weights);
  const cached = ofModels.get(model);
  // Freezing a layer changes the order of the variables.
  if (cached?.variables.every((variable, i) => variable === variables[i])) return cached;
  const published = { ...publishedWeights(variables), variables };
  ofModels.set(model, published);
  return published;
};

const publishedWeights = (variables: readonly tf.Variable[]): PublishedWeights => {
  const memory = new SharedArrayBuffer(HEADER_BYTES + bytesOf(variables));
  const header = new Int32Array(memory, 0, 1);
  const views = viewsOf(memory, variables, HEADER_BYTES);
  // Every assignment gives a variable another identity.
  const published: tf.DataId[] = [];
  return {
    memory,
    publish: () => {
      const changed = variables.filter(({ dataId }, i) => dataId !== published[i]);
      // First, so that a thread that is still reading the old values notices.
      if (changed.length > 0) Atomics.add(header, 0, 1);
      for (const variable of changed) {
        const i = variables.indexOf(variable);
        copyTo(variable, views[i]!);
        published[i] = variable.dataId;
      }
      return Atomics.load(header, 0);
    },
  };
};

/** Updates a model of another thread to the published weights. */
export interface WeightsFollower {
  /**
   * Copies the weights into the model, unless it has those of this version already.
   *
   * @throws TrainingError when they have changed since.
   */
  follow(version: number): void;
  /** Makes the next call copy them in any case, since the model's own have changed. */
  forget(): void;
}

export const followWeights = (model: LayersModel, memory: SharedArrayBuffer): WeightsFollower => {
  const variables = variablesOf(model.weights);
  const header = new Int32Array(memory, 0, 1);
  const views = viewsOf(memory, variables, HEADER_BYTES);
  let followed: number | undefined;
  return {
    follow: (version) => {
      if (version === followed) return;
      followed = undefined;
      tf.tidy(() => {
        variables.forEach((variable, i) => {
          variable.assign(tensorOf(views[i]!, variable.shape));
        });
      });
      if (Atomics.load(header, 0) !== version) {
        throw new TrainingError(
          'replica: expected the weights not to change until a replica has answered, found that they have: await its result before the next update',
        );
      }
      followed = version;
    },
    forget: () => {
      followed = undefined;
    },
  };
};

export const variablesOf = (weights: LayersModel['weights']): tf.Variable[] =>
  // Once each, also of a layer that a nested model has too.
  [...new Set(weights.map((weight) => weight.read() as tf.Variable))];

/** Returns the number of bytes that the values of variables take. */
export const bytesOf = (variables: readonly tf.Variable[]): number =>
  variables.reduce((sum, { size }) => sum + size, 0) * Float32Array.BYTES_PER_ELEMENT;

/** Returns a view of shared memory for each variable, one after the other. */
export const viewsOf = (
  memory: SharedArrayBuffer,
  variables: readonly tf.Variable[],
  start = 0,
): Float32Array[] => {
  let offset = start;
  return variables.map(({ size }) => {
    const view = new Float32Array(memory, offset, size);
    offset += view.byteLength;
    return view;
  });
};
