import { customGrad, type GradSaveFunc, mul, type Tensor } from '@tensorflow/tfjs-core';

/** The value of a function of each number, and what its slope is computed from. */
interface Computed {
  readonly value: Tensor;
  readonly kept: Tensor[];
}

/** Returns a function of each number with a gradient of its own: `slope` of what `compute` kept. */
export const elementwise = (
  compute: (x: Tensor) => Computed,
  slope: (...kept: Tensor[]) => Tensor,
): ((x: Tensor) => Tensor) =>
  customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor, GradSaveFunc];
    const { value, kept } = compute(x);
    save(kept);
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => mul(dy, slope(...saved)) };
  });
