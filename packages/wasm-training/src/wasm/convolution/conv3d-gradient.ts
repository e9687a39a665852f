import {
  backend_util,
  Conv3DBackpropFilterV2,
  type Conv3DBackpropFilterV2Attrs,
  Conv3DBackpropInputV2,
  type Conv3DBackpropInputV2Attrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { Kernel } from '../../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend, withScratch } from '../instance.ts';

type Shape5D = [number, number, number, number, number];

/** Gradient of conv3d with respect to its input, and conv3dTranspose: the stock kernel's numbers are wrong for every shape. */
export const conv3DBackpropInput: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
  const { inputShape, strides, pad } = attrs as unknown as Conv3DBackpropInputV2Attrs;
  const sizes = sizesOf(inputShape, filter.shape, strides, pad);
  const sources = [dy, filter].map((tensor) => addressOf(wasmBackend, tensor, Conv3DBackpropInputV2));
  const dx = wasmBackend.makeOutput([...inputShape], 'float32');
  const target = addressOf(wasmBackend, dx, Conv3DBackpropInputV2);
  kernelsOf(wasmBackend).conv3dInputGradient(...sources, target, ...sizes);
  return dx;
};

/** Gradient of conv3d with respect to its filter: the stock kernel's numbers are wrong for strides above 1. */
export const conv3DBackpropFilter: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
  const { filterShape, strides, pad } = attrs as unknown as Conv3DBackpropFilterV2Attrs;
  const sizes = sizesOf(x.shape, filterShape, strides, pad);
  const sources = [x, dy].map((tensor) => addressOf(wasmBackend, tensor, Conv3DBackpropFilterV2));
  const dFilter = wasmBackend.makeOutput([...filterShape], 'float32');
  const target = addressOf(wasmBackend, dFilter, Conv3DBackpropFilterV2);
  const bytes = util.sizeFromShape(filterShape) * Float64Array.BYTES_PER_ELEMENT;
  withScratch(wasmBackend, bytes, (scratch) => {
    kernelsOf(wasmBackend).conv3dFilterGradient(...sources, target, scratch, ...sizes);
  });
  return dFilter;
};

/** Sizes as the kernels of assembly/ take them. */
const sizesOf = (
  inputShape: readonly number[],
  filterShape: readonly number[],
  strides: number | [number, number, number],
  pad: 'valid' | 'same',
): number[] => {
  const info = backend_util.computeConv3DInfo(inputShape as Shape5D, filterShape as Shape5D, strides, 1, pad);
  return [
    info.batchSize,
    ...[info.inDepth, info.inHeight, info.inWidth, info.inChannels],
    ...[info.outDepth, info.outHeight, info.outWidth, info.outChannels],
    ...[info.filterDepth, info.filterHeight, info.filterWidth],
    ...[info.strideDepth, info.strideHeight, info.strideWidth],
    ...[info.padInfo.front, info.padInfo.top, info.padInfo.left],
  ];
};
