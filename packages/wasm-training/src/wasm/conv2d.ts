import {
  Add,
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type FusedConv2DAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { UnsupportedOperationError } from '../errors.ts';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, allFinite, kernelsOf, runKernel, type WasmBackend, withScratch } from './instance.ts';

type Shape4D = [number, number, number, number];

/** Sizes of a convolution as the kernels of assembly/ take them. */
interface Sizes {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
}

const sizesOf = (
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dataFormat, dimRoundingMode }: Omit<Conv2DAttrs, 'dilations'>,
  operation: string,
): Sizes => {
  if (dataFormat !== 'NHWC') {
    throw new UnsupportedOperationError(
      `${operation}: expected dataFormat NHWC, got ${dataFormat}: transpose the input`,
    );
  }
  // TensorFlow.js refuses the gradient of a dilated convolution before it calls a kernel.
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return {
    batch: info.batchSize,
    inHeight: info.inHeight,
    inWidth: info.inWidth,
    inChannels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outChannels: info.outChannels,
    kernelHeight: info.filterHeight,
    kernelWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
  };
};

const patchSizes = (s: Sizes): readonly number[] => [
  s.inChannels,
  s.outHeight,
  s.outWidth,
  s.outChannels,
  s.kernelHeight,
  s.kernelWidth,
  s.strideHeight,
  s.strideWidth,
];

const allSizes = (s: Sizes): readonly number[] => [
  s.batch,
  s.inHeight,
  s.inWidth,
  ...patchSizes(s),
  s.padTop,
  s.padLeft,
];

/** The gradient of conv2d with respect to its filter, which the stock backend lacks. */
export const conv2DBackpropFilter: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
  const { filterShape, ...convolution } = attrs as unknown as Conv2DBackpropFilterAttrs;
  const sizes = sizesOf(x.shape, filterShape, convolution, Conv2DBackpropFilter);
  const kernels = kernelsOf(wasmBackend);
  const [xAt, dyAt] = [x, dy].map((tensor) => addressOf(wasmBackend, tensor, Conv2DBackpropFilter));
  const dw = wasmBackend.makeOutput([...filterShape], 'float32');
  const dwAt = addressOf(wasmBackend, dw, Conv2DBackpropFilter);
  withScratch(wasmBackend, kernels.convFilterGradientScratchBytes(...patchSizes(sizes)), (scratch) => {
    kernels.convFilterGradient(xAt!, dyAt!, dwAt, scratch, ...allSizes(sizes));
  });
  // A number of dy that is not finite makes dw not finite; one of x may have been skipped with the zeros of dy.
  if (!allFinite(wasmBackend, dw, Conv2DBackpropFilter) || !allFinite(wasmBackend, x, Conv2DBackpropFilter)) {
    kernels.convFilterGradientOfEveryProduct(xAt!, dyAt!, dwAt, ...allSizes(sizes));
  }
  return dw;
};

/** The gradient of conv2d with respect to its input, which is the forward pass of a transposed convolution. */
export const conv2DBackpropInput: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
  const { inputShape, ...convolution } = attrs as unknown as Conv2DBackpropInputAttrs;
  const sizes = sizesOf(inputShape, filter.shape, convolution, Conv2DBackpropInput);
  const [dyAt, filterAt] = [dy, filter].map((tensor) => addressOf(wasmBackend, tensor, Conv2DBackpropInput));
  const dx = wasmBackend.makeOutput([...inputShape], 'float32');
  const dxAt = addressOf(wasmBackend, dx, Conv2DBackpropInput);
  inputGradient(wasmBackend, dyAt!, filterAt!, dxAt, sizes);
  if (![dx, filter].every((tensor) => allFinite(wasmBackend, tensor, Conv2DBackpropInput))) {
    kernelsOf(wasmBackend).convInputGradientOfEveryProduct(dyAt!, filterAt!, dxAt, ...allSizes(sizes));
  }
  return dx;
};

const inputGradient = (backend: WasmBackend, dy: number, filter: number, dx: number, sizes: Sizes): void => {
  const kernels = kernelsOf(backend);
  withScratch(backend, kernels.convInputGradientScratchBytes(...patchSizes(sizes)), (scratch) => {
    kernels.convInputGradient(dy, filter, dx, scratch, ...allSizes(sizes));
  });
};

/**
 * Up to this fraction of non-zeros it is faster to skip zeros than to multiply by them. Measured on the
 * tutorial's second convolution at batch 250: 70 ms for the stock kernel, 12 ms + 66 ms * fraction for ours.
 */
const MAX_DENSITY = 0.7;

/** With fewer channels than this, the lists of non-zeros are too short to pay off. */
const MIN_CHANNELS = 16;

/** The stock forward kernel, but for a convolution whose input is mostly zeros. */
export const conv2D =
  (stock: Kernel): Kernel =>
  (call) => {
    const { x, filter } = call.inputs as { x: TensorInfo; filter: TensorInfo };
    const attrs = call.attrs as unknown as Conv2DAttrs;
    return sparseConv2D(call.backend as WasmBackend, x, filter, attrs) ?? stock(call);
  };

/** The same with a bias, which the stock kernel of Add adds where the input is mostly zeros. */
export const fusedConv2D =
  (stock: Kernel): Kernel =>
  (call) => {
    const backend = call.backend as WasmBackend;
    const { x, filter, bias } = call.inputs as { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo };
    const attrs = call.attrs as unknown as FusedConv2DAttrs;
    if (!bias || (attrs.activation ?? 'linear') !== 'linear') return stock(call);
    const y = sparseConv2D(backend, x, filter, attrs);
    if (!y) return stock(call);
    const sum = runKernel(backend, Add, { a: y, b: bias });
    backend.disposeData(y.dataId);
    return sum;
  };

/**
 * A convolution of stride 1 of an input that is mostly zeros, as after dropout: computed as the input gradient of the
 * convolution with the flipped kernel, which skips zeros. Undefined for any other convolution, and where a number is NaN or
 * infinite: 0 times that is NaN.
 */
const sparseConv2D = (
  backend: WasmBackend,
  x: TensorInfo,
  filter: TensorInfo,
  attrs: Conv2DAttrs,
): TensorInfo | undefined => {
  if (!isPlain(x, filter, attrs) || density(backend, x) > MAX_DENSITY) return undefined;
  if (![x, filter].every((tensor) => allFinite(backend, tensor, Conv2D))) return undefined;
  const sizes = sizesOf(x.shape, filter.shape, attrs, Conv2D);
  const [xAt, filterAt] = [x, filter].map((tensor) => addressOf(backend, tensor, Conv2D));
  const y = backend.makeOutput([sizes.batch, sizes.outHeight, sizes.outWidth, sizes.outChannels], 'float32');
  const { kernelHeight, kernelWidth, inChannels, outChannels } = sizes;
  withScratch(backend, util.sizeFromShape(filter.shape) * Float32Array.BYTES_PER_ELEMENT, (flipped) => {
    kernelsOf(backend).flipKernel(filterAt!, flipped, kernelHeight, kernelWidth, inChannels, outChannels);
    inputGradient(backend, xAt!, flipped, addressOf(backend, y, Conv2D), mirrored(sizes));
  });
  return y;
};

const isPlain = (
  x: TensorInfo,
  filter: TensorInfo,
  { strides, pad, dataFormat, dilations }: Conv2DAttrs,
): boolean =>
  dataFormat === 'NHWC' &&
  x.dtype === 'float32' &&
  filter.shape[2]! >= MIN_CHANNELS &&
  filter.shape[3]! >= MIN_CHANNELS &&
  (pad === 'valid' || pad === 'same') &&
  backend_util.tupleValuesAreOne(strides) &&
  backend_util.tupleValuesAreOne(dilations);

const density = (backend: WasmBackend, x: TensorInfo): number => {
  const length = util.sizeFromShape(x.shape);
  return kernelsOf(backend).countNonZeros(addressOf(backend, x, Conv2D), length) / length;
};

/** The convolution whose input gradient is this one's forward pass, at stride 1. */
const mirrored = (s: Sizes): Sizes => ({
  ...s,
  inHeight: s.outHeight,
  inWidth: s.outWidth,
  inChannels: s.outChannels,
  outHeight: s.inHeight,
  outWidth: s.inWidth,
  outChannels: s.inChannels,
  padTop: s.kernelHeight - 1 - s.padTop,
  padLeft: s.kernelWidth - 1 - s.padLeft,
});
