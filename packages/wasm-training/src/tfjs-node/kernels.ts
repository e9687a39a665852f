import {
  engine,
  FusedConv2D,
  getKernel,
  type KernelConfig,
  MaxPoolGrad,
  type NamedAttrMap,
  type NamedTensorMap,
  registerKernel,
  Sum,
  type Tensor,
  tensor,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { keepsNaN } from '../max-pool-of-nan.ts';
import { nativeFusedConv2D } from './conv2d.ts';
import { nativeMaxPoolGrad } from './max-pool-gradient.ts';
import { nativeSum } from './sum.ts';

/** A kernel to replace, and a call of it that shows whether the replacement works here. */
interface Replacement {
  readonly kernelName: string;
  readonly replace: (stock: KernelConfig) => KernelConfig;
  readonly example: () => { inputs: NamedTensorMap; attrs: NamedAttrMap };
}

/** Small whole numbers, so that any order of summation gives the same. */
const numbers = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => ((7 * i) % 11) - 5),
    shape,
  );
};

const replacements: readonly Replacement[] = [
  {
    kernelName: Sum,
    replace: nativeSum,
    example: () => ({ inputs: { x: numbers(3, 4, 5) }, attrs: { axis: [0, 1], keepDims: false } }),
  },
  {
    kernelName: MaxPoolGrad,
    replace: nativeMaxPoolGrad,
    example: () => {
      const input = numbers(2, 4, 4, 8);
      const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
      const output = engine().runKernel('MaxPool', { x: input }, attrs) as Tensor;
      return { inputs: { dy: numbers(2, 2, 2, 8), input, output }, attrs };
    },
  },
  {
    kernelName: FusedConv2D,
    replace: nativeFusedConv2D,
    example: () => ({
      inputs: { x: numbers(2, 5, 5, 3), filter: numbers(3, 3, 3, 8), bias: numbers(8) },
      attrs: { strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: 1, activation: 'relu' },
    }),
  },
];

/**
 * Replaces kernels of tfjs-node, which must be the active backend, by quicker ones with the same results. Where this
 * libtensorflow lacks an operation, or computes something else with it, the stock kernel stays.
 */
export const replaceNativeKernels = (): void => {
  for (const { kernelName, replace, example } of replacements) {
    const stock = getKernel(kernelName, 'tensorflow');
    if (!stock || replaced.has(stock) || keepsNaN.has(stock)) continue;
    const kernel = replace(stock);
    const expected = resultOf(stock, example);
    exchange(stock, kernel);
    if (isSame(expected, () => resultOf(kernel, example))) replaced.add(kernel);
    else exchange(kernel, stock);
  }
};

const replaced = new WeakSet<KernelConfig>();

const exchange = (from: KernelConfig, to: KernelConfig): void => {
  unregisterKernel(from.kernelName, from.backendName);
  registerKernel(to);
};

const resultOf = ({ kernelName }: KernelConfig, example: Replacement['example']): Float32Array =>
  tidy(() => {
    const { inputs, attrs } = example();
    return (engine().runKernel(kernelName, inputs, attrs) as Tensor).dataSync<'float32'>();
  });

const isSame = (expected: Float32Array, compute: () => Float32Array): boolean => {
  try {
    const found = compute();
    return expected.every((number, i) => number === found[i]);
  } catch {
    // TensorFlow refuses an operation that it does not know, or has no kernel for on this processor.
    return false;
  }
};
