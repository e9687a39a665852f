import {
  engine,
  type GradConfig,
  type GradFunc,
  getBackend,
  getGradient,
  getKernel,
  Relu,
  registerGradient,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { addKernel, type Kernel } from '../replace-kernel.ts';
import { attributesFor, type NativeBackend } from './operation.ts';

const RELU_GRAD = 'ReluGrad';

/** TensorFlow's operation of this name: dy where x > 0, else 0. */
const reluGrad: Kernel = (call) => {
  const backend = call.backend as unknown as NativeBackend;
  const { dy, x } = call.inputs as { dy: TensorInfo; x: TensorInfo };
  return backend.executeSingleOutput(RELU_GRAD, [attributesFor(backend).float32], [dy, x]);
};

/**
 * Computes the gradient of ReLU on tfjs-node as one operation. The stock gradient multiplies by `step(x)`, which
 * takes tfjs-node six passes over the tensor, two of them in JavaScript: a third of the tutorial's training step. Other backends keep the stock gradient.
 */
export const replaceReluGradient = (): void => {
  // Without the layers library there may be no gradients at all.
  const stock: GradConfig | undefined = getGradient(Relu);
  if (!stock || getKernel(RELU_GRAD, 'tensorflow')) return;
  addKernel('tensorflow', RELU_GRAD, reluGrad);
  const gradFunc: GradFunc = (dy, saved, attrs) => {
    const [x] = saved as [Tensor];
    const isNative = getBackend() === 'tensorflow' && x.dtype === 'float32';
    return isNative
      ? { x: () => engine().runKernel(RELU_GRAD, { dy: dy as Tensor, x }) as Tensor }
      : stock.gradFunc(dy, saved, attrs);
  };
  registerGradient({ ...stock, gradFunc });
};
