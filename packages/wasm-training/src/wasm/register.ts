// Registers the stock kernels, which ours replace and may call.
import '@tensorflow/tfjs-backend-wasm';
import {
  _FusedMatMul,
  AvgPool,
  BatchMatMul,
  Cast,
  ClipByValue,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  FusedConv2D,
  FusedDepthwiseConv2D,
  Identity,
  Maximum,
  MaxPool,
  MaxPoolGrad,
  Minimum,
  Relu,
  Relu6,
  Sum,
} from '@tensorflow/tfjs-core';
import { addKernel, type Kernel, replaceKernel } from '../replace-kernel.ts';
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D } from './conv2d.ts';
import { activatedAfterwards, avgPool, clipByValue, extremum, relu, relu6 } from './keep-nan.ts';
import { transposingFirst } from './mat-mul.ts';
import { maxPool, maxPoolGrad } from './max-pool.ts';
import { cast, identity } from './share.ts';
import { sum } from './sum.ts';

/** The replacement of each stock kernel. */
const replacements: Readonly<Record<string, (stock: Kernel) => Kernel>> = {
  [Conv2D]: conv2D,
  [FusedConv2D]: (stock) => activatedAfterwards(fusedConv2D(stock)),
  [FusedDepthwiseConv2D]: activatedAfterwards,
  [Conv2DBackpropInput]: () => conv2DBackpropInput,
  [MaxPool]: () => maxPool,
  [MaxPoolGrad]: () => maxPoolGrad,
  [AvgPool]: avgPool,
  [BatchMatMul]: (stock) => transposingFirst(BatchMatMul, stock),
  [_FusedMatMul]: (stock) => activatedAfterwards(transposingFirst(_FusedMatMul, stock)),
  [Sum]: sum,
  [Identity]: () => identity,
  [Cast]: cast,
  [Relu]: relu,
  [Relu6]: relu6,
  [ClipByValue]: clipByValue,
  [Maximum]: (stock) => extremum(Maximum, stock),
  [Minimum]: (stock) => extremum(Minimum, stock),
};

/**
 * Makes TensorFlow.js's `wasm` backend train convolutional networks: adds the missing gradient of conv2d with respect to its
 * filter, and replaces the gradients of conv2d with respect to its input, of maxPool, of matMul and of a bias, which are
 * right but slow. Call it once, before or after the backend has started; calling it again changes nothing. Forward passes
 * are the stock ones, but for maxPool, ReLU and a convolution whose input is mostly zeros.
 *
 * NaN stays NaN, as on the cpu backend, also in a product with 0: zeros are skipped only where all numbers are finite. The
 * stock ReLU, ReLU6, clip, maximum, minimum, pooling and fused activations turn NaN into numbers: they are replaced. maxPool
 * of a window with a NaN is NaN, as numpy.max, while stock backends ignore it.
 */
export const registerTrainingKernels = (): void => {
  addKernel('wasm', Conv2DBackpropFilter, conv2DBackpropFilter);
  for (const [kernelName, create] of Object.entries(replacements)) replaceKernel('wasm', kernelName, create);
};
