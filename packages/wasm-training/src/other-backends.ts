export { keepNaNInMaxPool, someNaN, sumIsNoNumber } from './max-pool-of-nan.ts';
export { replaceNativeKernels } from './tfjs-node/kernels.ts';
export { registerReluGradient } from './tfjs-node/relu-gradient.ts';
export { keepNaNInWebglMaxPool } from './webgl/max-pool.ts';
