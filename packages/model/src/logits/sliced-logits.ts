import { stack, type Tensor, unstack } from '@tensorflow/tfjs-core';
import { LayersModel, type layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  BatchNormalization,
  batchNormalizationsOf,
  normalizeSlices,
} from '../layers/normalization/batch-normalization.ts';
import type { SliceExchange } from '../layers/normalization/batch-statistics.ts';
import { innerOf } from '../weights/layers-of-model.ts';
import { chainOf, convolutionOfImages, isConvolution, type Step } from './logits-function.ts';
import { logitsModel } from './logits-model.ts';
import type { WithinSlice } from './slices.ts';

type Layer = layers.Layer;

/** How slices of a batch are computed. */
export interface SlicedOptions {
  readonly within: WithinSlice;
  /** With the slices that other threads compute at the same time; undefined where there are none. */
  readonly exchange?: SliceExchange | undefined;
}

/**
 * The logits float32 [rows, ..., units] of each slice [rows, ...] of a batch, in training; call it within `tidy` and
 * {@link passThroughSlices}.
 */
export type SlicedLogits = (inputs: readonly Tensor[], options: SlicedOptions) => Tensor[];

/**
 * Returns a function with the logits of {@link createLogitsFunction} in training, of several slices of a batch: of one layer after
 * the other, each for all slices, so that a batch normalization has the statistics of all. What is computed of one slice does
 * not depend on the others otherwise, and no sum is over several.
 *
 * @param classifier A model whose every layer {@link unslicedOf} finds none in.
 */
export const createSlicedLogits = (classifier: LayersModel): SlicedLogits => {
  // Makes stock layers ours.
  batchNormalizationsOf(classifier);
  const chain = chainOf(classifier);
  if (chain)
    return (inputs, options) => chain.reduce((xs, step) => stepThrough(xs, step, options), [...inputs]);
  const model = logitsModel(classifier);
  const nodes = nodesOf(model);
  return (inputs, options) =>
    runNodes(
      nodes,
      model,
      inputs.map((x) => [{ x, mask: undefined, isOfImages: true }]),
      options,
    ).map(([logits]) => logits!);
};

const stepThrough = (xs: readonly Tensor[], { layer, run }: Step, options: SlicedOptions): Tensor[] => {
  if (normalizes(layer)) return normalized(layer, xs, options);
  // No model is a step of a chain.
  if (containsNormalization(layer)) return inEveryStep(layer, xs, options);
  return xs.map((x, slice) => options.within(slice, () => run(x, true)));
};

/** Whether a layer takes its statistics from the batch. */
const normalizes = (layer: Layer): layer is BatchNormalization =>
  layer instanceof BatchNormalization && !layer.isFrozen;

const normalized = (
  layer: BatchNormalization,
  xs: readonly Tensor[],
  { within, exchange }: SlicedOptions,
): Tensor[] => {
  const slices = xs.map((x, slice) =>
    within(slice, () => ({ x, gamma: layer.gamma?.read(), beta: layer.beta?.read() })),
  );
  return normalizeSlices(layer, slices, exchange);
};

/** Where a layer is used. */
type Node = Layer['inboundNodes'][number];

/** The nodes that a model's outputs depend on, each after those that it depends on. */
const nodesOf = ({ inputs, outputs }: LayersModel): Node[] => {
  const given = new Set(inputs.map(({ id }) => id));
  const found = new Set<Node>();
  const visit = ({ id, sourceLayer, nodeIndex }: SymbolicTensor): void => {
    if (given.has(id)) return;
    const node = sourceLayer.inboundNodes[nodeIndex]!;
    if (found.has(node)) return;
    for (const input of node.inputTensors) visit(input);
    found.add(node);
  };
  for (const output of outputs) visit(output);
  return [...found];
};

/** A tensor and the mask of its steps, if it has one. */
interface Masked {
  readonly x: Tensor;
  readonly mask: Tensor | undefined;
  /** Whether it depends on the images alone, so that nobody asks for its gradient. */
  readonly isOfImages: boolean;
}

/** The outputs of each slice. */
const runNodes = (
  nodes: readonly Node[],
  { inputs, outputs }: LayersModel,
  ofSlices: readonly (readonly Masked[])[],
  options: SlicedOptions,
): Tensor[][] => {
  const known = ofSlices.map(
    (values) => new Map(inputs.map(({ id }, i): [number, Masked] => [id, values[i]!])),
  );
  for (const { outboundLayer: layer, inputTensors, outputTensors } of nodes) {
    const given = known.map((values) => inputTensors.map(({ id }) => values.get(id)!));
    const found = runLayer(layer, given, options);
    found.forEach((values, slice) => {
      const mask = maskAfter(layer, given[slice]!);
      const isOfImages = layer.trainableWeights.length === 0 && given[slice]!.every((one) => one.isOfImages);
      outputTensors.forEach(({ id }, i) => {
        known[slice]!.set(id, { x: values[i]!, mask, isOfImages });
      });
    });
  }
  return known.map((values) => outputs.map(({ id }) => values.get(id)!.x));
};

/** The outputs of one layer for each slice. */
const runLayer = (
  layer: Layer,
  given: readonly (readonly Masked[])[],
  options: SlicedOptions,
): (readonly Tensor[])[] => {
  const xs = () => given.map(([first]) => first!.x);
  if (normalizes(layer)) return normalized(layer, xs(), options).map((y) => [y]);
  if (containsNormalization(layer)) {
    if (!(layer instanceof LayersModel)) return inEveryStep(layer, xs(), options).map((y) => [y]);
    // As in TensorFlow.js, a model in a model is given no masks.
    const inputs = given.map((ofSlice) => ofSlice.map((one) => ({ ...one, mask: undefined })));
    return runNodes(nodesOf(layer), layer, inputs, options);
  }
  if (isConvolution(layer) && given.every(([images]) => images!.isOfImages)) {
    const convolve = convolutionOfImages(layer);
    return xs().map((x, slice) => [options.within(slice, () => convolve(x, true))]);
  }
  return given.map((ofSlice, slice) => {
    const mask = ofSlice.some((one) => one.mask) ? ofSlice[0]!.mask : undefined;
    const inputs = ofSlice.map(({ x }) => x);
    return options.within(slice, () =>
      [layer.apply(inputs, { training: true, ...(mask && { mask }) }) as Tensor | Tensor[]].flat(),
    );
  });
};

/** As TimeDistributed computes it: each step by itself, and their outputs along the axis of the steps. */
const inEveryStep = (timeDistributed: Layer, xs: readonly Tensor[], options: SlicedOptions): Tensor[] => {
  const [inner] = innerOf(timeDistributed) as [Layer];
  const steps = xs.map((x) => unstack(x, 1));
  const outputs = steps[0]!.map((_, step) =>
    runLayer(
      inner,
      steps.map((ofSlice) => [{ x: ofSlice[step]!, mask: undefined, isOfImages: false }]),
      options,
    ),
  );
  return xs.map((_, slice) =>
    stack(
      outputs.map((ofStep) => ofStep[slice]![0]!),
      1,
    ),
  );
};

/** The mask of a layer's outputs; as in TensorFlow.js, all have one. */
const maskAfter = (layer: Layer, given: readonly Masked[]): Tensor | undefined => {
  if (!layer.supportsMasking) return undefined;
  const inputs = given.map(({ x }) => x);
  // TensorFlow.js knows no mask as null.
  const masks = given.map(({ mask }) => mask ?? null) as Tensor[];
  return [layer.computeMask(inputs, masks) ?? undefined].flat()[0];
};

const containsNormalization = (layer: Layer): boolean =>
  innerOf(layer).some((inner) => normalizes(inner) || containsNormalization(inner));

/**
 * Returns the name of a layer that computes a batch normalization with the statistics of the batch within it, so that slices
 * of the batch cannot be computed layer by layer: one of the user's own. Undefined where there is none.
 */
export const unslicedOf = (model: LayersModel): string | undefined => {
  // Makes stock layers ours, and sets which are frozen.
  batchNormalizationsOf(model);
  const visit = (layer: Layer, path: string): string | undefined => {
    if (!containsNormalization(layer)) return undefined;
    const isEntered = layer instanceof LayersModel || layer.getClassName() === 'TimeDistributed';
    if (!isEntered) return path;
    return firstOf(innerOf(layer), (inner) => visit(inner, `${path}/${inner.name}`));
  };
  return firstOf(model.layers, (layer) => visit(layer, layer.name));
};

const firstOf = <Item, Found>(
  items: readonly Item[],
  find: (item: Item) => Found | undefined,
): Found | undefined => {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
};
