import type { NamedArray } from '@dropout-lab/contracts';
import { type Tensor, tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import { LayersModel, type LayerVariable, type layers } from '@tensorflow/tfjs-layers';
import { ModelError } from '../errors.ts';
import { doneWaiting } from '../whitening/waiting.ts';
import { describeNotFinite, findNotFinite } from './not-finite.ts';

/** A trainable variable and its name, unique in the whole model. */
export interface TrainedWeight {
  readonly name: string;
  readonly variable: Variable;
}

/**
 * Returns a copy of all of a model's variables, moving statistics included, in `model.weights` order, named by layer and
 * weight: `conv2d/kernel`, `conv2d/bias`; within a nested model by its name too: `encoder/conv2d/kernel`. Kernels have
 * Keras's shapes: Conv2D [height, width, channels, filters], Dense [inputs, units].
 */
export const readWeights = (model: LayersModel): Promise<NamedArray[]> =>
  Promise.all(
    namedWeights(model).map(async ({ name, weight }) => ({
      name,
      shape: [...(weight.shape as number[])],
      values: Float32Array.from(await weight.read().data()),
    })),
  );

/**
 * Returns the variables that training changes, in `model.trainableWeights` order, named as {@link readWeights} does; once each, also
 * where a layer is used by a model and by one nested in it, whose variables TensorFlow.js lists twice.
 */
export const trainedWeights = (model: LayersModel): TrainedWeight[] => {
  const names = new Map(namedWeights(model).map(({ name, weight }) => [weight.id, name]));
  return onceEach(model.trainableWeights).map((weight) => ({
    name: names.get(weight.id)!,
    variable: weight.read() as Variable,
  }));
};

/** Returns all of a model's variables, moving statistics included, once each, named as {@link readWeights} does. */
export const allWeights = (model: LayersModel): TrainedWeight[] =>
  namedWeights(model).map(({ name, weight }) => ({ name, variable: weight.read() as Variable }));

/**
 * Sets all of a model's weights to copies of the given ones, to the bit, in any order. Constraints are not
 * applied: stock `setWeights` and `loadLayersModel` do, which shifts constrained kernels by a rounding.
 *
 * @throws ModelError when a weight is missing, unknown, of another shape or not finite; the model is then unchanged.
 */
export const writeWeights = (model: LayersModel, weights: readonly NamedArray[]): void => {
  const named = namedWeights(model);
  const expected = named.map(({ name }) => name);
  const found = matchNames(
    expected,
    weights.map(({ name }) => name),
  );
  const pairs = named.map(
    ({ name, weight }, i) => [weight, requireWeight(name, weight, weights[found[i]!], weights)] as const,
  );
  if (weights.length !== pairs.length) {
    const unknown = weights.find((_, i) => !found.includes(i));
    throw new ModelError(
      `writeWeights: expected ${pairs.length} weights (${expected.join(', ')}), received ${weights.length}${unknown ? `, among them ${unknown.name}` : ''}: use the weights of a model of the same spec`,
    );
  }
  const notFinite = findNotFinite(weights);
  if (notFinite) throw new ModelError(`writeWeights: ${describeNotFinite(notFinite)}`);
  tidy(() => {
    for (const [weight, { shape, values }] of pairs) {
      // A copy, since a tensor of the cpu backend is the array itself.
      assign(weight, tensor(values.slice(), [...shape]));
    }
  });
  doneWaiting(model);
};

/** Sets a weight without its constraint, which {@link LayerVariable.write} would apply. */
export const assign = (weight: LayerVariable, value: Tensor): void => {
  (weight.read() as Variable).assign(value);
};

/**
 * For each expected name, the index of the given name of the same variable, undefined where there is none. TensorFlow.js
 * numbers layers without a name from the start of the process (`dense_Dense3`): where such names differ, they are matched by
 * the order in which their layers were made, so that a model of unnamed layers takes the weights of an equal model that was
 * built before it.
 */
export const matchNames = (expected: readonly string[], given: readonly string[]): (number | undefined)[] => {
  const exact = new Map(given.map((name, i) => [name, i]));
  if (expected.every((name) => exact.has(name))) return expected.map((name) => exact.get(name));
  const byOrder = new Map(inOrder(given).map((name, i) => [name, i]));
  return inOrder(expected).map((name) => byOrder.get(name));
};

/** TensorFlow.js's name of a layer without one: the class in snake case, `_`, and the class with a number. */
const generatedName = /(?<=^|\/)([a-z0-9_]+)_([A-Z][A-Za-z0-9]*?)(\d+)(?=\/|$)/g;

const isSnakeOf = (snake: string, className: string): boolean =>
  snake.replaceAll('_', '') === className.toLowerCase();

/** The names, with TensorFlow.js's numbers replaced by their rank among the layers of the class. */
const inOrder = (names: readonly string[]): string[] => {
  const numbers = new Map<string, Set<number>>();
  for (const name of names) {
    for (const [, snake, className, number] of name.matchAll(generatedName)) {
      if (!isSnakeOf(snake!, className!)) continue;
      numbers.set(className!, (numbers.get(className!) ?? new Set()).add(Number(number)));
    }
  }
  const ranks = new Map(
    [...numbers].map(([className, ofClass]) => [className, [...ofClass].sort((a, b) => a - b)]),
  );
  return names.map((name) =>
    name.replace(generatedName, (whole: string, snake: string, className: string, number: string) =>
      isSnakeOf(snake, className)
        ? `${snake}_${className}#${ranks.get(className)!.indexOf(Number(number))}`
        : whole,
    ),
  );
};

const onceEach = (weights: readonly LayerVariable[]): LayerVariable[] => [
  ...new Map(weights.map((weight) => [weight.id, weight])).values(),
];

interface NamedWeight {
  readonly name: string;
  readonly weight: LayerVariable;
}

/** Each variable once, in `model.weights` order, with a unique name. */
const namedWeights = (model: LayersModel): NamedWeight[] => {
  const names = new Map<number, string>();
  const taken = new Set<string>();
  const visit = (layer: layers.Layer, path: readonly string[]): void => {
    if (layer instanceof LayersModel) {
      for (const inner of layer.layers) visit(inner, [...path, inner.name]);
      return;
    }
    for (const weight of layer.weights) {
      // A layer that is used in two places has its name from the first.
      if (names.has(weight.id)) continue;
      const name = unique([...path.slice(0, -1), ownName(layer, weight)].join('/'), taken);
      taken.add(name);
      names.set(weight.id, name);
    }
  };
  for (const layer of model.layers) visit(layer, [layer.name]);
  return onceEach(model.weights).map((weight) => ({ name: names.get(weight.id)!, weight }));
};

/** `conv2d/kernel`, without the names of models around the layer. */
const ownName = ({ name }: layers.Layer, { originalName }: LayerVariable): string => {
  const start = originalName.lastIndexOf(`${name}/`);
  return start < 0 ? `${name}/${originalName}` : originalName.slice(start);
};

const unique = (name: string, taken: ReadonlySet<string>): string => {
  if (!taken.has(name)) return name;
  let number = 1;
  while (taken.has(`${name}_${number}`)) number++;
  return `${name}_${number}`;
};

const requireWeight = (
  name: string,
  { shape }: LayerVariable,
  found: NamedArray | undefined,
  given: readonly NamedArray[],
): NamedArray => {
  if (!found) {
    throw new ModelError(
      `writeWeights: expected a weight named ${name}, received ${given.map((one) => one.name).join(', ') || 'none'}: use the weights of a model of the same spec`,
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
