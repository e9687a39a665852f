import type { NamedArray } from '@dropout-lab/contracts';
import { namesNotInStock } from '@dropout-lab/model';

/** Settings of training in a layer's configuration, with what takes their place in a model that only predicts. */
const withoutTraining: Readonly<Record<string, unknown>> = {
  kernel_constraint: null,
  bias_constraint: null,
  gamma_constraint: null,
  beta_constraint: null,
  kernel_regularizer: null,
  bias_regularizer: null,
  activity_regularizer: null,
  gamma_regularizer: null,
  beta_regularizer: null,
  kernel_initializer: { class_name: 'Zeros', config: {} },
};

/**
 * Returns a model for prediction in TensorFlow.js's own format: as a checkpoint has it, without the constraints, regularizers
 * and initializers of training, some of which stock TensorFlow.js has no class for. Weights are then loaded as they are,
 * where a constraint would round them.
 */
export const stockModelJson = (
  modelTopology: object,
  arrays: readonly NamedArray[],
): { readonly json: string; readonly weights: Uint8Array } => {
  const specs = arrays.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  const weights = new Uint8Array(arrays.reduce((sum, { values }) => sum + values.byteLength, 0));
  let offset = 0;
  for (const { values } of arrays) {
    weights.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  const json = JSON.stringify({
    format: 'layers-model',
    generatedBy: 'dropout-lab',
    convertedBy: null,
    modelTopology: forPrediction(modelTopology),
    weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
  });
  return { json: `${json}\n`, weights };
};

const forPrediction = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(forPrediction);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key in withoutTraining && inner !== null ? withoutTraining[key] : forPrediction(inner),
    ]),
  );
};

/** Returns the names of what a model has and stock TensorFlow.js lacks. */
export const layersNotInStock = (modelTopology: object): readonly string[] => {
  const { layers, activations } = namesNotInStock();
  const found = partsOf(modelTopology).flatMap(({ class_name: layer, activation }) => [
    ...layers.filter((name) => name === layer),
    ...activations.filter((name) => name === activation).map((name) => `the activation ${name}`),
  ]);
  return [...new Set(found)];
};

/** Returns whether a model has a layer that drops or scales units at random, so that masks change its answer. */
export const hasMasks = (modelTopology: object): boolean =>
  partsOf(modelTopology).some(({ class_name: layer, config }) => {
    const { rate, drop_connect: dropConnect } = (config ?? {}) as Part;
    return (
      /Drop/.test(String(layer)) &&
      [rate, dropConnect].some((value) => typeof value === 'number' && value > 0)
    );
  });

type Part = Readonly<Record<string, unknown>>;

/** A topology and every object in it. */
const partsOf = (value: unknown): readonly Part[] => {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Part, ...Object.values(value).flatMap(partsOf)];
};
