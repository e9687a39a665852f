import {
  customGrad,
  engine,
  type GradSaveFunc,
  getBackend,
  getKernel,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** The kernel that the wasm backend has with `@dropout-lab/wasm-training`: its masks are a quarter of the size. */
const SCALE_KEPT = 'ScaleKept';

/** Whether the active backend can {@link scaleKept} of a tensor. */
export const canScaleKept = ({ dtype }: Tensor): boolean =>
  dtype === 'float32' && getKernel(SCALE_KEPT, getBackend()) !== undefined;

/** `x * (kept ? scale : 0)` of a float32 and a bool tensor of one shape; its gradient is itself. */
export const scaleKept = (x: Tensor, kept: Tensor, scale: number): Tensor =>
  customGrad((...args) => {
    const [values, save] = args as unknown as [Tensor, GradSaveFunc];
    save([kept]);
    return {
      value: engine().runKernel<Tensor>(SCALE_KEPT, { x: values, kept }, { scale }),
      gradFunc: (dy: Tensor, [mask]: Tensor[]) => scaleKept(dy, mask!, scale),
    };
  })(x);
