import {
  Conv2DBackpropFilter,
  customGrad,
  engine,
  fused,
  type GradSaveFunc,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
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

/** A convolution, channels last, with its bias if it has one: `conv2d(x, filter) + bias` in one kernel. */
export const convolve = (
  x: Tensor,
  filter: Tensor,
  bias: Tensor | undefined,
  options: ConvolutionOptions,
): Tensor4D =>
  fused.conv2d({
    x: x as Tensor4D,
    filter: filter as Tensor4D,
    ...(bias && { bias: bias as Tensor1D }),
    ...options,
  });

/**
 * The same without a gradient with respect to `x`, for a first layer: that gradient is not needed, and as much work as the
 * whole forward pass.
 */
export const convolveImages = (
  x: Tensor,
  filter: Tensor,
  bias: Tensor | undefined,
  options: ConvolutionOptions,
): Tensor4D =>
  customGrad((...args) => {
    const save = args.at(-1) as unknown as GradSaveFunc;
    save([x]);
    return {
      value: convolve(x, filter, bias, options),
      gradFunc: (dy: Tensor, saved: Tensor[]) => [
        engine().runKernel(
          Conv2DBackpropFilter,
          { x: saved[0]!, dy },
          { ...options, dataFormat: 'NHWC', filterShape: filter.shape },
        ) as Tensor,
        ...(bias ? [sum(dy, [0, 1, 2])] : []),
      ],
    };
  })(filter, ...(bias ? [bias] : [])) as Tensor4D;

/** Windows of a max pooling that tile its input. */
export type PoolSize = readonly [number, number];

/**
 * The name of the kernel of a convolution with its bias, max pooling and ReLU in one, which the wasm backend has with
 * `@dropout-lab/wasm-training`. Those of its gradients have this beginning.
 */
const POOLED = 'FusedConv2DMaxPool';

/** Whether the active backend convolves and pools in one kernel. */
export const hasPooledConvolution = (): boolean => getKernel(POOLED, getBackend()) !== undefined;

/** `relu(maxPool(conv2d(x, filter) + bias))` in one kernel, at stride 1; see {@link hasPooledConvolution}. */
export const convolveAndPool = (
  x: Tensor,
  filter: Tensor,
  bias: Tensor,
  options: { readonly pad: 'valid' | 'same'; readonly poolSize: PoolSize },
  hasInputGradient: boolean,
): Tensor4D => {
  const run = (kernel: string, inputs: NamedTensorMap, own: Readonly<Record<string, unknown>> = {}) =>
    engine().runKernel(kernel, inputs, { ...options, ...own } as unknown as NamedAttrMap) as Tensor;
  const compute = customGrad((...args) => {
    const save = args.at(-1) as unknown as GradSaveFunc;
    const [y, winners] = run(POOLED, { x, filter, bias }) as unknown as [Tensor, Tensor];
    save([x, filter, winners]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, filter, winners] = saved as [Tensor, Tensor, Tensor];
        const gradients = [
          run(`${POOLED}BackpropFilter`, { x, dy, winners }, { filterShape: filter.shape }),
          run(`${POOLED}BackpropBias`, { dy, winners }),
        ];
        if (!hasInputGradient) return gradients;
        return [
          ...gradients,
          run(`${POOLED}BackpropInput`, { dy, winners, filter }, { inputShape: x.shape }),
        ];
      },
    };
  });
  return compute(...(hasInputGradient ? [filter, bias, x] : [filter, bias])) as Tensor4D;
};
