import { Conv2DBackpropFilter, MaxPool, MaxPoolGrad } from '@tensorflow/tfjs-core';
import { replaceReluGradient } from '../relu-gradient.ts';
import { replaceKernel } from '../replace-kernel.ts';
import { conv2DBackpropFilter } from './filter-gradient.ts';
import { maxPool, maxPoolGrad } from './max-pool.ts';
import { reluGrad } from './relu-gradient.ts';

/**
 * Replaces kernels of TensorFlow.js's `webgpu` backend: the gradients of a convolution with respect to its filter, of max
 * pooling and of ReLU by faster ones, and max pooling by one that keeps NaN, as `numpy.max` does. A tie of a pooling's
 * gradient goes to the first of its window, as on other backends. Calling it again changes nothing.
 */
export const replaceWebgpuKernels = (): void => {
  replaceKernel('webgpu', Conv2DBackpropFilter, conv2DBackpropFilter);
  replaceKernel('webgpu', MaxPool, maxPool);
  replaceKernel('webgpu', MaxPoolGrad, maxPoolGrad);
  replaceReluGradient('webgpu', reluGrad);
};
