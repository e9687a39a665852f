import { relu, type Tensor } from '@tensorflow/tfjs-core';
import { LayersModel, layers, Sequential } from '@tensorflow/tfjs-layers';
import {
  convolve,
  convolveAndPool,
  convolveImages,
  hasPooledConvolution,
  type PoolSize,
} from './convolve.ts';
import { logitsModel } from './logits-model.ts';

type Layer = layers.Layer;

/** Logits float32 [batch, ..., units] of inputs [batch, ...]; call it within `tidy`. */
export type LogitsFunction = (inputs: Tensor, options: { readonly training: boolean }) => Tensor;

/**
 * Returns a function with the logits of {@link logitsModel} and, but for rounding, its gradients, in less time: of a
 * Sequential model, a ReLU between a convolution and a max pooling is applied after the pooling, to a quarter of the numbers
 * (for windows of 2 x 2), which is the same since both are monotonic; the convolution adds its bias in the same kernel. The gradients are those of the weights that are trainable now; images have none. Other models are called
 * as they are, as are those with layers that make masks, which every later layer is to be given.
 */
export const createLogitsFunction = (classifier: LayersModel): LogitsFunction => {
  const chain = chainOf(classifier);
  if (chain) return (inputs, { training }) => chain.reduce((x, { run }) => run(x, training), inputs);
  const model = logitsModel(classifier);
  return (inputs, options) => model.apply(inputs, options) as Tensor;
};

/** A step of a chain: one layer, or several in fewer operations. */
export interface Step {
  /** The first of them. */
  readonly layer: Layer;
  readonly run: (x: Tensor, training: boolean) => Tensor;
}

/** The steps of {@link logitsModel}, where it is a chain of layers none of which makes masks. */
export const chainOf = (classifier: LayersModel): readonly Step[] | undefined => {
  if (!(classifier instanceof Sequential)) return undefined;
  const model = logitsModel(classifier);
  if (model.layers.some((layer) => layer instanceof LayersModel || makesMasks(layer) || isUsedTwice(layer))) {
    return undefined;
  }
  return stepsOf(model.layers.filter((layer) => layer.getClassName() !== 'InputLayer'));
};

/** A model lists a layer once, however often it is used. */
const isUsedTwice = (layer: Layer): boolean => layer.inboundNodes.length > 1;

/** Whether a layer makes a mask of its own: Masking, Embedding, layers of the user's own. */
const makesMasks = (layer: Layer): boolean => layer.computeMask !== layers.Layer.prototype.computeMask;

const stepsOf = (chain: readonly Layer[]): Step[] =>
  chain.flatMap((layer, i): Step[] => {
    const [before, after] = [chain[i - 1], chain[i + 1]];
    const isFirst = chain.slice(0, i).every(({ trainableWeights }) => trainableWeights.length === 0);
    if (isReluConvolution(layer) && isMaxPooling(after)) {
      return [{ layer, run: pooledConvolution(layer, after!, !isFirst) }];
    }
    if (isFirst && isConvolution(layer)) return [{ layer, run: convolutionOfImages(layer) }];
    return isMaxPooling(layer) && isReluConvolution(before) ? [] : [{ layer, run: callOf(layer) }];
  });

const callOf =
  (layer: Layer): Step['run'] =>
  // TensorFlow.js passes a list, and layers of the user's own may rely on it.
  (x, training) =>
    [layer.call([x], { training })].flat()[0]!;

const isMaxPooling = (layer: Layer | undefined): boolean => layer?.getClassName() === 'MaxPooling2D';

/** Whether a layer is a convolution that has a gradient, channels last. */
export const isConvolution = (layer: Layer | undefined): layer is Layer => {
  if (layer?.getClassName() !== 'Conv2D') return false;
  const { dataFormat, dilationRate } = layer.getConfig();
  // TensorFlow.js's own layer throws the error that a dilated convolution has no gradient.
  const isDilated = (dilationRate as number[]).some((rate) => rate !== 1);
  return dataFormat === 'channelsLast' && !isDilated;
};

const isReluConvolution = (layer: Layer | undefined): layer is Layer => {
  if (!isConvolution(layer)) return false;
  const { activation, useBias } = layer.getConfig();
  return activation === 'relu' && useBias === true;
};

/** A first layer, without the gradient with respect to the images. */
export const convolutionOfImages = (layer: Layer): Step['run'] => {
  const { strides, padding: pad } = layer.getConfig() as unknown as Convolution;
  const { activation } = layer as unknown as { readonly activation: { apply(x: Tensor): Tensor } };
  return (x) => {
    const [filter, bias] = layer.weights.map((weight) => weight.read());
    return activation.apply(convolveImages(x, filter!, bias, { strides, pad }));
  };
};

/** A convolution with ReLU and the max pooling after it: in one kernel where the backend has it, and ReLU last. */
const pooledConvolution = (layer: Layer, pooling: Layer, hasInputGradient: boolean): Step['run'] => {
  const { strides, padding: pad } = layer.getConfig() as unknown as Convolution;
  const poolSize = tiledBy(pooling);
  const isOneKernel = poolSize !== undefined && strides.every((stride) => stride === 1);
  const convolveAlone = hasInputGradient ? convolve : convolveImages;
  const pool = callOf(pooling);
  return (x, training) => {
    const [filter, bias] = layer.weights.map((weight) => weight.read()) as [Tensor, Tensor];
    if (isOneKernel && hasPooledConvolution()) {
      return convolveAndPool(x, filter, bias, { pad, poolSize }, hasInputGradient);
    }
    return relu(pool(convolveAlone(x, filter, bias, { strides, pad }), training));
  };
};

interface Convolution {
  readonly strides: [number, number];
  readonly padding: 'valid' | 'same';
}

/** The most places of a window: one byte distinguishes 256 values, and one means that there is none. */
const MOST_PLACES = 255;

/** The windows of a max pooling; undefined where they overlap, reach beyond the edge or are too large. */
const tiledBy = (pooling: Layer): PoolSize | undefined => {
  const { poolSize, strides, padding, dataFormat } = pooling.getConfig() as {
    poolSize: [number, number];
    strides: [number, number];
    padding: string;
    dataFormat: string;
  };
  const isTiled = `${poolSize}` === `${strides}` && padding === 'valid' && dataFormat === 'channelsLast';
  return isTiled && poolSize[0] * poolSize[1] <= MOST_PLACES ? poolSize : undefined;
};
