import {
  engine,
  type GradConfig,
  type GradFunc,
  getBackend,
  getGradient,
  getKernel,
  type KernelConfig,
  Relu,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

const RELU_GRAD = 'ReluGrad';

/** What is needed of tfjs-node's backend, whose own type leaves some of it out. */
interface NodeBackend {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number };
  executeSingleOutput(
    name: string,
    attributes: readonly { name: string; type: number; value: number }[],
    inputs: readonly TensorInfo[],
  ): TensorInfo;
}

/** TensorFlow's own operation: dy where x > 0, else 0. */
const reluGrad: KernelConfig = {
  kernelName: RELU_GRAD,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, backend }) => {
    const { dy, x } = inputs as { dy: TensorInfo; x: TensorInfo };
    const { binding, executeSingleOutput } = backend as unknown as NodeBackend;
    const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
    return executeSingleOutput.call(backend, RELU_GRAD, [type], [dy, x]);
  },
};

/**
 * Computes the gradient of ReLU on tfjs-node as one operation. The stock gradient multiplies by `step(x)`, which
 * tfjs-node puts together from six passes over the tensor, two of them filled by JavaScript: a third of the
 * tutorial's training step. Other backends keep the stock gradient.
 */
export const registerReluGradient = (): void => {
  // Without the layers library there may be no gradients at all.
  const stock: GradConfig | undefined = getGradient(Relu);
  if (!stock || getKernel(RELU_GRAD, 'tensorflow')) return;
  registerKernel(reluGrad);
  const gradFunc: GradFunc = (dy, saved, attrs) => {
    const [x] = saved as [Tensor];
    const isNative = getBackend() === 'tensorflow' && x.dtype === 'float32';
    return isNative
      ? { x: () => engine().runKernel(RELU_GRAD, { dy: dy as Tensor, x }) as Tensor }
      : stock.gradFunc(dy, saved, attrs);
  };
  registerGradient({ ...stock, gradFunc });
};
