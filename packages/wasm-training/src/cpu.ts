import { keepNaNInMaxPool, someNaN } from './max-pool-of-nan.ts';

/** Makes max pooling of TensorFlow.js's `cpu` backend keep NaN, as `numpy.max` does. Calling it again changes nothing. */
export const replaceCpuKernels = (): void => keepNaNInMaxPool('cpu', someNaN);
