import { engine, getBackend, getKernel, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The parts of batch normalization in one pass each, for float32 [..., channels] and vectors of [channels]: kernels that the wasm
 * backend has with `@dropout-lab/wasm-training`. They have no gradients.
 */
export interface ChannelKernels {
  /** Mean and variance of each channel. */
  readonly moments: (x: Tensor) => { readonly mean: Tensor; readonly variance: Tensor };
  /** `(x - mean) * scale + offset` */
  readonly normalize: (inputs: Record<'x' | 'mean' | 'scale' | 'offset', Tensor>) => Tensor;
  /** `sum(dy)` and `sum(dy * (x - mean) * inverse)` of each channel. */
  readonly sums: (inputs: Record<'dy' | 'x' | 'mean' | 'inverse', Tensor>) => readonly [Tensor, Tensor];
  /** `(dy - meanOfDy - (x - mean) * inverse * meanOfDyXhat) * scale` */
  readonly gradient: (
    inputs: Record<'dy' | 'x' | 'mean' | 'inverse' | 'scale' | 'meanOfDy' | 'meanOfDyXhat', Tensor>,
  ) => Tensor;
}

/** Returns the kernels where the active backend has them. */
export const channelKernels = (): ChannelKernels | undefined =>
  getKernel('ChannelMoments', getBackend()) && kernels;

const run = <Result>(kernel: string, inputs: NamedTensorMap): Result =>
  engine().runKernel(kernel, inputs) as Result;

const kernels: ChannelKernels = {
  moments: (x) => {
    const [mean, variance] = run<[Tensor, Tensor]>('ChannelMoments', { x });
    return { mean, variance };
  },
  normalize: (inputs) => run('NormalizeChannels', inputs),
  sums: (inputs) => run('NormalizationSums', inputs),
  gradient: (inputs) => run('NormalizationGradient', inputs),
};
