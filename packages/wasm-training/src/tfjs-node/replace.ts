import {
  backend,
  Conv2DBackpropFilter,
  engine,
  FusedConv2D,
  MaxPool,
  type NamedAttrMap,
  type NamedTensorMap,
  Sum,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { keepNaNInMaxPool, sumIsNotFinite } from '../max-pool-of-nan.ts';
import { replaceReluGradient } from '../relu-gradient.ts';
import { type Kernel, replaceKernel } from '../replace-kernel.ts';
import { fusedConv2D } from './conv2d.ts';
import { conv2DBackpropFilter } from './conv2d-filter-gradient.ts';
import { maxPoolGrad } from './max-pool-gradient.ts';
import { reluGrad } from './relu-gradient.ts';
import { sum } from './sum.ts';

/**
 * Replaces kernels of tfjs-node, which must be the active backend: the gradients of ReLU and of max pooling, the sum of a
 * bias's gradient and a convolution with a bias by faster ones with the same results, max pooling by one that keeps
 * NaN, as `numpy.max` does, and the gradient of filters of 1 by 1 with strides by one that stays within its memory. Where this libtensorflow lacks an operation, or computes something else with it, the stock
 * kernel stays. Calling it again changes nothing.
 */
export const replaceTfjsNodeKernels = (): void => {
  replaceReluGradient('tensorflow', reluGrad);
  replaceKernel('tensorflow', Sum, (stock) => whereEqual(stock, sum(stock), sumExample));
  replaceKernel('tensorflow', FusedConv2D, (stock) =>
    whereEqual(stock, fusedConv2D(stock), convolutionExample),
  );
  replaceKernel('tensorflow', Conv2DBackpropFilter, conv2DBackpropFilter);
  keepNaNInMaxPool('tensorflow', sumIsNotFinite, (stock) =>
    whereEqual(stock, maxPoolGrad(stock), poolingExample),
  );
};

interface Example {
  readonly inputs: NamedTensorMap;
  readonly attrs: NamedAttrMap;
}

/** The replacement if it computes the same as the stock kernel of an example, else the stock kernel. */
const whereEqual = (stock: Kernel, replacement: Kernel, example: () => Example): Kernel => {
  const expected = resultOf(stock, example);
  try {
    const found = resultOf(replacement, example);
    return expected.every((number, i) => number === found[i]) ? replacement : stock;
  } catch {
    // TensorFlow refuses an operation that it does not know, or has no kernel for on this processor.
    return stock;
  }
};

const resultOf = (kernel: Kernel, example: () => Example): Float32Array =>
  tidy(() => (kernel({ ...example(), backend: backend() }) as Tensor).dataSync<'float32'>());

/** Small whole numbers, so that any order of summation gives the same. */
const numbers = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => ((7 * i) % 11) - 5),
    shape,
  );
};

const sumExample = (): Example => ({
  inputs: { x: numbers(3, 4, 5) },
  attrs: { axis: [0, 1], keepDims: false },
});

const convolutionExample = (): Example => ({
  inputs: { x: numbers(2, 5, 5, 3), filter: numbers(3, 3, 3, 8), bias: numbers(8) },
  attrs: { strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: 1, activation: 'relu' },
});

const poolingExample = (): Example => {
  const input = numbers(2, 4, 4, 8);
  const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
  const output = engine().runKernel(MaxPool, { x: input }, attrs) as Tensor;
  return { inputs: { dy: numbers(2, 2, 2, 8), input, output }, attrs };
};
