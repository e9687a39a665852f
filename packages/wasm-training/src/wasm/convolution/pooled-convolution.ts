import { type FusedConv2DAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Kernel } from '../../replace-kernel.ts';
import { addressOf, kernelsOf, maskAddressOf, type WasmBackend } from '../instance.ts';
import { convolve, filterGradient, inputGradient } from './conv2d.ts';
import { type Convolution, convolutionOf } from './convolution.ts';

/*
 * A convolution with its bias, max pooling and ReLU in one, and its gradients: kernels that only this backend has, for models
 * to call where it is the active one. What is not pooled on stays within the nearest caches, where the separate kernels write
 * and read an output of four times the size, or more, several times.
 */

/** Attributes of all four kernels. */
interface PooledConvolutionAttrs extends Pick<FusedConv2DAttrs, 'pad'> {
  /** The windows, which tile the output; at most 255 places each. */
  readonly poolSize: readonly [number, number];
}

/** `FusedConv2DMaxPool`: (x, filter, bias) to the pooled output and, as bool, the places of the maxima, for the gradients. */
export const FusedConv2DMaxPool = 'FusedConv2DMaxPool';
/** (x, dy, winners) to the gradient of the filter; with `filterShape` among the attributes. */
export const FusedConv2DMaxPoolBackpropFilter = 'FusedConv2DMaxPoolBackpropFilter';
/** (dy, winners, filter) to the gradient of the input; with `inputShape` among the attributes. */
export const FusedConv2DMaxPoolBackpropInput = 'FusedConv2DMaxPoolBackpropInput';
/** (dy, winners) to the gradient of the bias. */
export const FusedConv2DMaxPoolBackpropBias = 'FusedConv2DMaxPoolBackpropBias';

const sizesOf = (
  inputShape: readonly number[],
  filterShape: readonly number[],
  { pad, poolSize: [poolHeight, poolWidth] }: PooledConvolutionAttrs,
): Convolution => ({
  ...convolutionOf(inputShape, filterShape, { strides: 1, pad, dataFormat: 'NHWC' }, FusedConv2DMaxPool),
  poolHeight,
  poolWidth,
});

export const fusedConv2DMaxPool: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { x, filter, bias } = inputs as { x: TensorInfo; filter: TensorInfo; bias: TensorInfo };
  const attributes = attrs as unknown as PooledConvolutionAttrs;
  const sizes = sizesOf(x.shape, filter.shape, attributes);
  const { batch, outHeight, outWidth, outChannels, poolHeight, poolWidth } = sizes;
  const shape = [batch, Math.floor(outHeight / poolHeight), Math.floor(outWidth / poolWidth), outChannels];
  for (const tensor of [x, filter, bias]) addressOf(wasmBackend, tensor, FusedConv2DMaxPool);
  const y = wasmBackend.makeOutput(shape, 'float32');
  const winners = wasmBackend.makeOutput(shape, 'bool');
  convolve(wasmBackend, x, filter, y, sizes, { bias, winners, relu: true });
  return [y, winners];
};

export const fusedConv2DMaxPoolBackpropFilter: Kernel = ({ inputs, attrs, backend }) => {
  const { x, dy, winners } = inputs as { x: TensorInfo; dy: TensorInfo; winners: TensorInfo };
  const { filterShape, ...attributes } = attrs as unknown as PooledConvolutionAttrs & {
    filterShape: number[];
  };
  return filterGradient(backend as WasmBackend, x, dy, winners, sizesOf(x.shape, filterShape, attributes));
};

export const fusedConv2DMaxPoolBackpropInput: Kernel = ({ inputs, attrs, backend }) => {
  const { dy, winners, filter } = inputs as { dy: TensorInfo; winners: TensorInfo; filter: TensorInfo };
  const { inputShape, ...attributes } = attrs as unknown as PooledConvolutionAttrs & { inputShape: number[] };
  const sizes = sizesOf(inputShape, filter.shape, attributes);
  return inputGradient(backend as WasmBackend, dy, winners, filter, inputShape, sizes);
};

export const fusedConv2DMaxPoolBackpropBias: Kernel = ({ inputs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { dy, winners } = inputs as { dy: TensorInfo; winners: TensorInfo };
  const channels = dy.shape.at(-1)!;
  const dyAt = addressOf(wasmBackend, dy, FusedConv2DMaxPoolBackpropBias);
  const winnersAt = maskAddressOf(wasmBackend, winners, dy, FusedConv2DMaxPoolBackpropBias);
  const sums = wasmBackend.makeOutput([channels], 'float32');
  const sumsAt = addressOf(wasmBackend, sums, FusedConv2DMaxPoolBackpropBias);
  const rows = util.sizeFromShape(dy.shape) / channels;
  kernelsOf(wasmBackend).sumWinners(dyAt, winnersAt, sumsAt, rows, channels);
  return sums;
};
