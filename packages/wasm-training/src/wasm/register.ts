// Registers the stock kernels, which ours stand in front of or replace.
import '@tensorflow/tfjs-backend-wasm';
import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D } from './conv2d.ts';
import { nanKernels } from './keep-nan.ts';
import { matMulKernels } from './mat-mul.ts';
import { maxPool, maxPoolGrad } from './max-pool.ts';
import { castKernel, identityKernel } from './share.ts';
import { sumKernel } from './sum.ts';

let registered = false;

/**
 * Teaches TensorFlow.js's `wasm` backend to train convolutional networks: adds the missing gradient of conv2d
 * with respect to its filter, and replaces the gradients of conv2d with respect to its input, of maxPool, of
 * matMul and of a bias, which are right but slow. Call it once, before or after the backend has started; calling it again
 * does nothing. Forward passes are the stock ones, but for maxPool, ReLU and a convolution whose input is mostly zeros.
 *
 * NaN stays NaN, as on the cpu backend, and what is multiplied by 0 counts: kernels that skip zeros do so among finite
 * numbers only. The stock ReLU, ReLU6, clip, maximum, minimum, pooling and fused activations make numbers of NaN: they are
 * replaced. maxPool of a window with a NaN is NaN, as numpy.max, while stock backends leave it out.
 */
export const registerTrainingKernels = (): void => {
  if (registered) return;
  registered = true;
  const kernels = [
    conv2D(),
    fusedConv2D(),
    conv2DBackpropFilter,
    conv2DBackpropInput,
    maxPool,
    maxPoolGrad,
    sumKernel(),
    identityKernel,
    castKernel(),
    ...matMulKernels(),
    ...nanKernels(),
  ];
  kernels.forEach(replace);
};

const replace = (kernel: KernelConfig): void => {
  if (getKernel(kernel.kernelName, kernel.backendName))
    unregisterKernel(kernel.kernelName, kernel.backendName);
  registerKernel(kernel);
};
