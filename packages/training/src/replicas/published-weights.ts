import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TrainingError } from '../errors.ts';

/** A version number, then the values of every variable, one after the other. */
const HEADER_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** All of a model's variables in memory that threads share, for any number of replicas. */
export interface PublishedWeights {
  readonly memory: SharedArrayBuffer;
  /** Brings the memory up to date; returns the version, another one only when a variable has changed. */
  publish(): number;
}

interface Kept extends PublishedWeights {
  readonly variables: readonly tf.Variable[];
}

const ofModels = new WeakMap<LayersModel, Kept>();

/** The published weights of a model: the same for each of its replicas, so that a step copies them once. */
export const publishedWeightsOf = (model: LayersModel): PublishedWeights => {
  const variables = variablesOf(model.weights);
  const kept = ofModels.get(model);
  // Freezing a layer changes the order of the variables.
  if (kept?.variables.every((variable, i) => variable === variables[i])) return kept;
  const published = { ...publishedWeights(variables), variables };
  ofModels.set(model, published);
  return published;
};

const publishedWeights = (variables: readonly tf.Variable[]): PublishedWeights => {
  const memory = new SharedArrayBuffer(HEADER_BYTES + bytesOf(variables));
  const header = new Int32Array(memory, 0, 1);
  const views = viewsOf(memory, variables, HEADER_BYTES);
  // Whatever is assigned to a variable has an identity of its own.
  const published: tf.DataId[] = [];
  return {
    memory,
    publish: () => {
      const changed = variables.filter(({ dataId }, i) => dataId !== published[i]);
      // First, so that a thread that still reads the values before can tell.
      if (changed.length > 0) Atomics.add(header, 0, 1);
      for (const variable of changed) {
        const i = variables.indexOf(variable);
        views[i]!.set(variable.dataSync());
        published[i] = variable.dataId;
      }
      return Atomics.load(header, 0);
    },
  };
};

/** Keeps a model of another thread at the published weights. */
export interface WeightsFollower {
  /**
   * Takes the weights over, unless the model has those of this version already.
   *
   * @throws TrainingError when they have changed since.
   */
  follow(version: number): void;
  /** Has the next call take them over in any case: the model's own have changed. */
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
          // Sliced, since a backend may keep the array that it is given.
          variable.assign(tf.tensor(views[i]!.slice(), variable.shape));
        });
      });
      if (Atomics.load(header, 0) !== version) {
        throw new TrainingError(
          'replica: expected the weights to stay as they are until a replica has answered, found that they have changed: await what it computes before the next update',
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

/** How much memory the values of variables take. */
export const bytesOf = (variables: readonly tf.Variable[]): number =>
  variables.reduce((sum, { size }) => sum + size, 0) * Float32Array.BYTES_PER_ELEMENT;

/** A view for each variable, one after the other. */
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
