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
} from '@tensorflow/tfjs-core';
import { addKernel, type Kernel } from './replace-kernel.ts';

const RELU_GRAD = 'ReluGrad';

const replacements = new WeakSet<GradConfig>();

/**
 * Computes the gradient of ReLU on a backend as one operation. The stock gradient, which other backends keep, multiplies by
 * `step(x)`: three passes over the tensor.
 *
 * @param kernel Computes the gradient from the float32 inputs `dy` and `x`.
 */
export const replaceReluGradient = (backendName: string, kernel: Kernel): void => {
  // Without the layers library there may be no gradients at all.
  const stock: GradConfig | undefined = getGradient(Relu);
  if (!stock) return;
  addKernel(backendName, RELU_GRAD, kernel);
  if (replacements.has(stock)) return;
  const gradFunc: GradFunc = (dy, saved, attrs) => {
    const [x] = saved as [Tensor];
    const isReplaced = x.dtype === 'float32' && getKernel(RELU_GRAD, getBackend()) !== undefined;
    return isReplaced
      ? { x: () => engine().runKernel(RELU_GRAD, { dy: dy as Tensor, x }) as Tensor }
      : stock.gradFunc(dy, saved, attrs);
  };
  const replacement = { ...stock, gradFunc };
  registerGradient(replacement);
  replacements.add(replacement);
};
