// Registers the stock kernels, which ours replace and may call.
import '@tensorflow/tfjs-backend-wasm';
import {
  _FusedMatMul,
  AvgPool,
  AvgPool3DGrad,
  AvgPoolGrad,
  BatchMatMul,
  Cast,
  ClipByValue,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  FusedConv2D,
  FusedDepthwiseConv2D,
  Identity,
  Maximum,
  MaxPool,
  MaxPool3D,
  MaxPool3DGrad,
  MaxPoolGrad,
  Mean,
  Minimum,
  Relu,
  Relu6,
  Sum,
  UnsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { addKernel, type Kernel, replaceKernel } from '../replace-kernel.ts';
import { FusedAdam, fusedAdam } from './adam.ts';
import { avgPool3DGrad, avgPoolGrad } from './average-pool-gradient.ts';
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D } from './convolution/conv2d.ts';
import { conv3DBackpropFilter, conv3DBackpropInput } from './convolution/conv3d-gradient.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './convolution/depthwise-gradient.ts';
import { batchMatMul, fusedMatMul } from './convolution/mat-mul.ts';
import {
  FusedConv2DMaxPool,
  FusedConv2DMaxPoolBackpropBias,
  FusedConv2DMaxPoolBackpropFilter,
  FusedConv2DMaxPoolBackpropInput,
  fusedConv2DMaxPool,
  fusedConv2DMaxPoolBackpropBias,
  fusedConv2DMaxPoolBackpropFilter,
  fusedConv2DMaxPoolBackpropInput,
} from './convolution/pooled-convolution.ts';
import { CopyTo, copyTo } from './copy-to.ts';
import { Gelu, GeluGrad, gelu, geluGrad } from './gelu.ts';
import { chooseKernels } from './instance.ts';
import { activatedAfterwards, avgPool, clipByValue, extremum, relu, relu6 } from './keep-nan.ts';
import { maxPool, maxPoolGrad } from './max-pool.ts';
import { maxPool3D, maxPool3DGrad } from './max-pool3d.ts';
import {
  ChannelMoments,
  channelMoments,
  NormalizationGradient,
  NormalizationSums,
  NormalizeChannels,
  normalizationGradient,
  normalizationSums,
  normalizeChannels,
} from './normalize-channels.ts';
import {
  NormalizeRows,
  NormalizeRowsGradient,
  normalizeRows,
  normalizeRowsGradient,
} from './normalize-rows.ts';
import { ScaleBytes, scaleBytes } from './scale-bytes.ts';
import { ScaleKept, scaleKept } from './scale-kept.ts';
import { cast, identity } from './share.ts';
import { mean, sum } from './sum.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

/** Kernels that the stock backend does not have. */
const additions: Readonly<Record<string, Kernel>> = {
  [ChannelMoments]: channelMoments,
  [Conv2DBackpropFilter]: conv2DBackpropFilter,
  [CopyTo]: copyTo,
  [DepthwiseConv2dNativeBackpropFilter]: depthwiseBackpropFilter,
  [DepthwiseConv2dNativeBackpropInput]: depthwiseBackpropInput,
  [FusedAdam]: fusedAdam,
  [FusedConv2DMaxPool]: fusedConv2DMaxPool,
  [FusedConv2DMaxPoolBackpropBias]: fusedConv2DMaxPoolBackpropBias,
  [FusedConv2DMaxPoolBackpropFilter]: fusedConv2DMaxPoolBackpropFilter,
  [FusedConv2DMaxPoolBackpropInput]: fusedConv2DMaxPoolBackpropInput,
  [Gelu]: gelu,
  [GeluGrad]: geluGrad,
  [NormalizationGradient]: normalizationGradient,
  [NormalizationSums]: normalizationSums,
  [NormalizeChannels]: normalizeChannels,
  [NormalizeRows]: normalizeRows,
  [NormalizeRowsGradient]: normalizeRowsGradient,
  [ScaleBytes]: scaleBytes,
  [ScaleKept]: scaleKept,
  [UnsortedSegmentSum]: unsortedSegmentSum,
};

/** The replacement of each stock kernel. */
const replacements: Readonly<Record<string, (stock: Kernel) => Kernel>> = {
  [Conv2D]: conv2D,
  [FusedConv2D]: (stock) => activatedAfterwards(fusedConv2D(stock)),
  [FusedDepthwiseConv2D]: activatedAfterwards,
  [Conv2DBackpropInput]: () => conv2DBackpropInput,
  [Conv3DBackpropFilterV2]: () => conv3DBackpropFilter,
  [Conv3DBackpropInputV2]: () => conv3DBackpropInput,
  [MaxPool]: () => maxPool,
  [MaxPoolGrad]: () => maxPoolGrad,
  [MaxPool3D]: maxPool3D,
  [MaxPool3DGrad]: () => maxPool3DGrad,
  [AvgPool]: avgPool,
  [AvgPool3DGrad]: () => avgPool3DGrad,
  [AvgPoolGrad]: () => avgPoolGrad,
  [BatchMatMul]: batchMatMul,
  [_FusedMatMul]: (stock) => activatedAfterwards(fusedMatMul(stock)),
  [Mean]: mean,
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
 * Makes TensorFlow.js's `wasm` backend train convolutional networks: adds the missing gradients of conv2d with respect to its
 * filter, of depthwiseConv2d and of gather, and replaces the gradients of conv2d with respect to its input, of maxPool, of matMul and of a bias, which are
 * right but slow, and those of conv3d, avgPool, avgPool3d and maxPool3d, which are wrong, of average pooling where windows meet padding and of maxPool3d where no number of a window is above 0. Call it once, before or after the backend has started; calling it again registers nothing twice. Forward passes
 * are the stock ones, but for maxPool, maxPool3d, ReLU and a convolution whose input is mostly zeros.
 *
 * NaN stays NaN, as on the cpu backend, also in a product with 0: zeros are skipped only where all numbers are finite. The
 * stock ReLU, ReLU6, clip, maximum, minimum, pooling and fused activations turn NaN into numbers: they are replaced. maxPool
 * of a window with a NaN is NaN, as numpy.max, while stock backends ignore it.
 *
 * @param module Another build of the kernels than the plain one: what `./fma` or `./revectorized` of this package compiles,
 *   in this thread or in another that has posted it here. Calling again with another one changes to that.
 */
export const registerTrainingKernels = (module?: WebAssembly.Module): void => {
  chooseKernels(module);
  for (const [kernelName, kernel] of Object.entries(additions)) addKernel('wasm', kernelName, kernel);
  for (const [kernelName, create] of Object.entries(replacements)) replaceKernel('wasm', kernelName, create);
};
