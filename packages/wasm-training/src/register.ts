// Registers the stock kernels, which ours stand in front of or replace.
import '@tensorflow/tfjs-backend-wasm';
import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput, fusedConv2D } from './conv2d.ts';
import { matMulKernels } from './mat-mul.ts';
import { maxPoolGrad } from './max-pool-gradient.ts';
import { castKernel, identityKernel } from './share.ts';
import { sumKernel } from './sum.ts';

let registered = false;

/**
 * Teaches TensorFlow.js's `wasm` backend to train convolutional networks: adds the missing gradient of conv2d
 * with respect to its filter, and replaces the gradients of conv2d with respect to its input, of maxPool, of
 * matMul and of a bias, which are right but slow. Call it once, before or after the backend has started; calling it again
 * does nothing. Forward passes are the stock ones, but for a convolution whose input is mostly zeros.
 *
 * Zeros are skipped, so that an infinity or NaN in what they would have multiplied does not
 * spread as it does on other backends; the loss still shows it.
 */
export const registerTrainingKernels = (): void => {
  if (registered) return;
  registered = true;
  const kernels = [
    conv2D(),
    fusedConv2D(),
    conv2DBackpropFilter,
    conv2DBackpropInput,
    maxPoolGrad,
    sumKernel(),
    identityKernel,
    castKernel(),
    ...matMulKernels(),
  ];
  kernels.forEach(replace);
};

const replace = (kernel: KernelConfig): void => {
  if (getKernel(kernel.kernelName, kernel.backendName))
    unregisterKernel(kernel.kernelName, kernel.backendName);
  registerKernel(kernel);
};
