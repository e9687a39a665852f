import { backend_util, type Conv2DAttrs } from '@tensorflow/tfjs-core';
import { UnsupportedOperationError } from '../../errors.ts';
import { kernelsOf, type WasmBackend, withScratch } from '../instance.ts';

type Shape4D = [number, number, number, number];

/** Sizes of a convolution and of the pooling of its output, in the order of assembly/convolution/convolution.ts. */
export interface Convolution {
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
  readonly poolHeight: number;
  readonly poolWidth: number;
}

/** With fewer output channels or columns than this, stock kernels are faster: a block of sums would be mostly empty. */
export const MIN_OUTPUTS = 12;

/** @throws UnsupportedOperationError unless channels are last. */
export const convolutionOf = (
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dataFormat, dimRoundingMode }: Omit<Conv2DAttrs, 'dilations'>,
  operation: string,
): Convolution => {
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
    poolHeight: 1,
    poolWidth: 1,
  };
};

/** The sizes as the kernels take them that do without a struct. */
export const argumentsOf = (convolution: Convolution): readonly number[] =>
  Object.values<number>({ ...convolution }).slice(0, -2);

type Kernels = ReturnType<typeof kernelsOf>;

/** Calls `use` with the address of the sizes and that of scratch memory. */
export const withConvolution = (
  backend: WasmBackend,
  convolution: Convolution,
  scratchBytes: (kernels: Kernels, address: number) => number,
  use: (kernels: Kernels, address: number, scratch: number) => void,
): void => {
  const kernels = kernelsOf(backend);
  const sizes = Int32Array.from(Object.values<number>({ ...convolution }));
  withScratch(backend, sizes.byteLength, (address) => {
    new Int32Array(backend.wasm.HEAPU8.buffer, address, sizes.length).set(sizes);
    withScratch(backend, scratchBytes(kernels, address), (scratch) => use(kernels, address, scratch));
  });
};
