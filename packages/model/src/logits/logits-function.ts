import { relu, type Tensor } from '@tensorflow/tfjs-core';
import { LayersModel, layers, Sequential } from '@tensorflow/tfjs-layers';
import { convolve, convolveImages } from './convolve.ts';
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
  const model = logitsModel(classifier);
  const isChain =
    classifier instanceof Sequential &&
    !model.layers.some((layer) => layer instanceof LayersModel || makesMasks(layer) || isUsedTwice(layer));
  if (!isChain) return (inputs, options) => model.apply(inputs, options) as Tensor;
  const steps = stepsOf(model.layers.filter((layer) => layer.getClassName() !== 'InputLayer'));
  return (inputs, { training }) => steps.reduce((x, step) => step(x, training), inputs);
};

/** A model lists a layer once, however often it is used. */
const isUsedTwice = (layer: Layer): boolean => layer.inboundNodes.length > 1;

/** Whether a layer makes a mask of its own: Masking, Embedding, layers of the user's own. */
const makesMasks = (layer: Layer): boolean => layer.computeMask !== layers.Layer.prototype.computeMask;

type Step = (x: Tensor, training: boolean) => Tensor;

const stepsOf = (chain: readonly Layer[]): Step[] =>
  chain.flatMap((layer, i): Step[] => {
    const [before, after] = [chain[i - 1], chain[i + 1]];
    if (isReluConvolution(layer) && isMaxPooling(after)) {
      const isFirst = chain.slice(0, i).every(({ trainableWeights }) => trainableWeights.length === 0);
      return [convolution(layer, isFirst ? convolveImages : convolve)];
    }
    // TensorFlow.js passes a list, and layers of the user's own may rely on it.
    const step: Step = (x, training) => [layer.call([x], { training })].flat()[0]!;
    return isMaxPooling(layer) && isReluConvolution(before) ? [step, relu] : [step];
  });

const isMaxPooling = (layer: Layer | undefined): boolean => layer?.getClassName() === 'MaxPooling2D';

const isReluConvolution = (layer: Layer | undefined): boolean => {
  if (layer?.getClassName() !== 'Conv2D') return false;
  const { activation, useBias, dataFormat, dilationRate } = layer.getConfig();
  // TensorFlow.js's own layer throws the error that a dilated convolution has no gradient.
  const isDilated = (dilationRate as number[]).some((rate) => rate !== 1);
  return activation === 'relu' && useBias === true && dataFormat === 'channelsLast' && !isDilated;
};

/** The layer without its activation. */
const convolution = (layer: Layer, compute: typeof convolve): Step => {
  const { strides, padding } = layer.getConfig() as {
    strides: [number, number];
    padding: 'valid' | 'same';
  };
  return (x) => {
    const [filter, bias] = layer.weights.map((weight) => weight.read());
    return compute(x, filter!, bias!, { strides, pad: padding });
  };
};
