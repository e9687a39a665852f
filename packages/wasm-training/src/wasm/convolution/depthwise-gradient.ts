import {
  backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { UnsupportedOperationError } from '../../errors.ts';
import type { Kernel } from '../../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend, withScratch } from '../instance.ts';
import { windowSizesOf } from '../window-sizes.ts';

type Shape4D = [number, number, number, number];
type Attrs = DepthwiseConv2dNativeBackpropFilterAttrs | DepthwiseConv2dNativeBackpropInputAttrs;

/** Gradient of depthwiseConv2d with respect to its input, which the stock backend does not have. */
export const depthwiseBackpropInput: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
  const { inputShape, ...rest } = attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs;
  const sizes = sizesOf(inputShape, filter.shape, rest, DepthwiseConv2dNativeBackpropInput);
  const sources = [dy, filter].map((one) => addressOf(wasmBackend, one, DepthwiseConv2dNativeBackpropInput));
  const dx = wasmBackend.makeOutput([...inputShape], 'float32');
  const target = addressOf(wasmBackend, dx, DepthwiseConv2dNativeBackpropInput);
  kernelsOf(wasmBackend).depthwiseInputGradient(...sources, target, ...sizes);
  return dx;
};

/** Gradient of depthwiseConv2d with respect to its filter, which the stock backend does not have. */
export const depthwiseBackpropFilter: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
  const { filterShape, ...rest } = attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
  const sizes = sizesOf(x.shape, filterShape, rest, DepthwiseConv2dNativeBackpropFilter);
  const sources = [x, dy].map((one) => addressOf(wasmBackend, one, DepthwiseConv2dNativeBackpropFilter));
  const dFilter = wasmBackend.makeOutput([...filterShape], 'float32');
  const target = addressOf(wasmBackend, dFilter, DepthwiseConv2dNativeBackpropFilter);
  const bytes = util.sizeFromShape(filterShape) * Float64Array.BYTES_PER_ELEMENT;
  withScratch(wasmBackend, bytes, (scratch) => {
    kernelsOf(wasmBackend).depthwiseFilterGradient(...sources, target, scratch, ...sizes);
  });
  return dFilter;
};

/** Sizes as the kernels of assembly/ take them. */
const sizesOf = (
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad, dimRoundingMode }: Omit<Attrs, 'inputShape' | 'filterShape'>,
  operation: string,
): number[] => {
  if ([dilations].flat().some((rate) => rate !== 1)) {
    throw new UnsupportedOperationError(
      `${operation}: expected a convolution without dilation, got dilations ${[dilations].flat().join(', ')}: train on another backend, or dilate the filter itself`,
    );
  }
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    1,
    pad,
    dimRoundingMode,
    true,
  );
  return [...windowSizesOf(info), filterShape[3]!];
};
