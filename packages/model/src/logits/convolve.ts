import {
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  FusedConv2D,
  type FusedConv2DAttrs,
  registerGradient,
  sum,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

export interface ConvolutionOptions {
  readonly strides: [number, number];
  readonly pad: 'valid' | 'same';
}

/**
 * A convolution, channels last, that adds its bias as it goes: `conv2d(x, filter) + bias` in one kernel.
 *
 * `tf.fused.conv2d` would do, but its gradient always includes that of `x`, which for the images of a first layer
 * nobody asks for: as much work as the whole forward pass.
 */
export const convolve = (x: Tensor, filter: Tensor, bias: Tensor, options: ConvolutionOptions): Tensor4D =>
  engine().runKernel(
    FusedConv2D,
    { x, filter, bias },
    { ...options, dilations: 1, dataFormat: 'NHWC', activation: 'linear' },
  ) as Tensor4D;

// Stock TensorFlow.js registers none: its fused operations bring gradients of their own.
registerGradient({
  kernelName: FusedConv2D,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter] = saved as [Tensor, Tensor];
    const { strides, pad, dataFormat } = attrs as unknown as FusedConv2DAttrs;
    const convolution = { strides, pad, dataFormat };
    const slope = dy as Tensor;
    return {
      x: () =>
        engine().runKernel(
          Conv2DBackpropInput,
          { dy: slope, filter },
          { ...convolution, inputShape: x.shape },
        ) as Tensor,
      filter: () =>
        engine().runKernel(
          Conv2DBackpropFilter,
          { x, dy: slope },
          { ...convolution, filterShape: filter.shape },
        ) as Tensor,
      bias: () => sum(slope, [0, 1, 2]),
    };
  },
});
