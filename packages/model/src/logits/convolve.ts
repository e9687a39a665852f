import {
  Conv2DBackpropFilter,
  customGrad,
  engine,
  fused,
  type GradSaveFunc,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/** Strides and padding of a convolution. */
export interface ConvolutionOptions {
  readonly strides: [number, number];
  readonly pad: 'valid' | 'same';
}

/** A convolution, channels last, with its bias: `conv2d(x, filter) + bias` in one kernel. */
export const convolve = (x: Tensor, filter: Tensor, bias: Tensor, options: ConvolutionOptions): Tensor4D =>
  fused.conv2d({ x: x as Tensor4D, filter: filter as Tensor4D, bias: bias as Tensor1D, ...options });

/**
 * The same without a gradient with respect to `x`, for a first layer: that gradient is not needed, and as much work as the
 * whole forward pass.
 */
export const convolveImages = (
  x: Tensor,
  filter: Tensor,
  bias: Tensor,
  options: ConvolutionOptions,
): Tensor4D =>
  customGrad((...args) => {
    const [filter, bias, save] = args as unknown as [Tensor, Tensor, GradSaveFunc];
    save([x]);
    return {
      value: convolve(x, filter, bias, options),
      gradFunc: (dy: Tensor, saved: Tensor[]) => [
        engine().runKernel(
          Conv2DBackpropFilter,
          { x: saved[0]!, dy },
          { ...options, dataFormat: 'NHWC', filterShape: filter.shape },
        ) as Tensor,
        sum(dy, [0, 1, 2]),
      ],
    };
  })(filter, bias) as Tensor4D;
