import type { NamedArray } from '@dropout-lab/contracts';
import { type Tensor, tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { ModelError } from './errors.ts';

/**
 * A copy of a model's weights in `model.weights` order, named by layer and weight: `conv2d/kernel`, `conv2d/bias`.
 * Kernels have Keras's shapes: Conv2D [height, width, channels, filters], Dense [inputs, units].
 */
export const readWeights = (model: LayersModel): Promise<NamedArray[]> =>
  Promise.all(
    model.weights.map(async (weight) => ({
      name: weight.originalName,
      shape: [...(weight.shape as number[])],
      values: Float32Array.from(await weight.read().data()),
    })),
  );

/**
 * Sets all of a model's weights to copies of the given ones, to the bit, in any order. Constraints are not
 * applied: stock `setWeights` and `loadLayersModel` do, which shifts constrained kernels by a rounding.
 *
 * @throws ModelError when a weight is missing, unknown or of another shape; the model is then unchanged.
 */
export const writeWeights = (model: LayersModel, weights: readonly NamedArray[]): void => {
  const given = new Map(weights.map((weight) => [weight.name, weight]));
  const pairs = model.weights.map((weight) => [weight, requireWeight(weight, given)] as const);
  const known = new Set(model.weights.map(({ originalName }) => originalName));
  const unknown = weights.find(({ name }) => !known.has(name));
  if (unknown || weights.length !== pairs.length) {
    throw new ModelError(
      `writeWeights: expected ${pairs.length} weights (${[...known].join(', ')}), received ${weights.length}${unknown ? `, among them ${unknown.name}` : ''}: use the weights of a model of the same spec`,
    );
  }
  tidy(() => {
    for (const [weight, { shape, values }] of pairs) {
      // The cpu backend keeps the array that it is given.
      assign(weight, tensor(values.slice(), [...shape]));
    }
  });
};

/** Sets a weight without the constraint that {@link LayerVariable.write} would bring in. */
export const assign = (weight: LayerVariable, value: Tensor): void => {
  (weight.read() as Variable).assign(value);
};

const requireWeight = (weight: LayerVariable, given: ReadonlyMap<string, NamedArray>): NamedArray => {
  const { originalName: name, shape } = weight;
  const found = given.get(name);
  if (!found) {
    throw new ModelError(
      `writeWeights: expected a weight named ${name}, received ${[...given.keys()].join(', ') || 'none'}: use the weights of a model of the same spec`,
    );
  }
  const size = (shape as number[]).reduce((product, length) => product * length, 1);
  if (`${found.shape}` !== `${shape}` || found.values.length !== size) {
    throw new ModelError(
      `writeWeights: ${name}: expected shape [${shape}] (${size} values), received [${found.shape}] (${found.values.length} values): use the weights of a model of the same spec`,
    );
  }
  return found;
};
