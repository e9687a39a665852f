import { ConfigError, type LayerKind, type ModelSpec } from '@dropout-lab/contracts';
import { implementationOf } from './implementation.ts';
import type { LayerDefinition } from './layers/define-layer.ts';
import type { Shape } from './layers/layer.ts';
import { requireSameShape } from './layers/residual.ts';
import { type NamedLayer, namedLayers } from './weights/named-layers.ts';

/** The part of memory that a model takes, in numbers. */
interface Size {
  /** The shape of the last layer's output for an image. */
  readonly output: Shape;
  /** The number of weights of all kernels. */
  readonly weights: number;
  /** The number of values that an image and all outputs for it have. */
  readonly values: number;
  /** The batch normalization with the fewest values of a channel for an image, and their number. */
  readonly normalized: { readonly name: string; readonly places: number } | undefined;
}

/** As many floats as a gibibyte has. */
const GIBIBYTE = 2 ** 28;

/** Of one kernel and of all: more would not fit into memory beside their gradients and moments. */
const MOST_WEIGHTS = GIBIBYTE;
/** Of one output for one image: a batch has many times as many. */
const MOST_VALUES = GIBIBYTE;

/**
 * Returns the size of a chain of layers, those within others included.
 *
 * @throws ConfigError when a layer cannot take the output of the one before, or the model is too large to be made.
 */
export const sizeOf = (
  layers: readonly NamedLayer[],
  input: Shape,
  custom: readonly LayerDefinition[],
): Size => {
  requireOutput(input, 'model spec: inputShape: expected an image');
  return sizeOfChain(
    layers,
    { output: input, weights: 0, values: countOf(input), normalized: undefined },
    custom,
  );
};

/**
 * Returns the number of weights in the kernels of a model, which is not built for it: less than that of all weights.
 *
 * @throws ConfigError as `buildModel` does, when the layers do not fit together or the model is too large to be made.
 */
export const countKernelWeights = (spec: ModelSpec): number =>
  sizeOf(namedLayers(spec), spec.inputShape, []).weights;

/** @param before The size of the layers before. */
const sizeOfChain = (layers: readonly NamedLayer[], before: Size, custom: readonly LayerDefinition[]): Size =>
  layers.reduce<Size>((size, { name, settings, inner, shortcut }) => {
    const where = `model spec: ${name}`;
    const past = sizeOfChain(shortcut, size, custom);
    const input = past.output;
    const through = sizeOfChain(inner, { ...past, output: size.output }, custom);
    if (settings.kind === 'residual') requireSameShape(input, through.output, where);
    const { outputShape, kernelShape } = implementationOf(settings.kind, custom);
    const output = outputShape(settings, input, where);
    const weights = through.weights + requireKernel(kernelShape?.(settings, input) ?? [0], where);
    requireOutput(output, `${where}: expected an output`);
    requireWeights(weights, where);
    const normalized = fewest(through.normalized, settings.kind, name, input);
    return { output, weights, values: through.values + countOf(output), normalized };
  }, before);

const fewest = (
  before: Size['normalized'],
  kind: LayerKind,
  name: string,
  input: Shape,
): Size['normalized'] => {
  if (kind !== 'batch_normalization') return before;
  const places = countOf(input.slice(0, -1));
  return before !== undefined && before.places <= places ? before : { name, places };
};

const countOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

const requireOutput = (shape: Shape, expected: string): void => {
  const values = countOf(shape);
  if (values <= MOST_VALUES) return;
  throw new ConfigError(
    `${expected} of at most ${MOST_VALUES} values, received one of [${shape}], ${values} values: use smaller images, or fewer filters or units`,
    ['layers'],
  );
};

/** @returns Its number of weights. */
const requireKernel = (shape: Shape, where: string): number => {
  const weights = countOf(shape);
  if (weights <= MOST_WEIGHTS) return weights;
  throw new ConfigError(
    `${where}: expected a kernel of at most ${MOST_WEIGHTS} weights, received one of [${shape}], ${weights} weights: use fewer filters or units, or pool before it`,
    ['layers'],
  );
};

const requireWeights = (weights: number, where: string): void => {
  if (weights <= MOST_WEIGHTS) return;
  throw new ConfigError(
    `${where}: expected kernels of at most ${MOST_WEIGHTS} weights in all, received ${weights} up to this one: use fewer layers, filters or units, or pool before it`,
    ['layers'],
  );
};
