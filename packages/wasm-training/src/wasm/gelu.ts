import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend, withScratch } from './instance.ts';

/**
 * `Gelu`: `x * P(X <= x)` for a standard normal X, in one pass, a kernel that only this backend has. x is float32 of any shape.
 * Its error function is within 2e-7 of the exact one.
 */
export const Gelu = 'Gelu';

export const gelu: Kernel = ({ inputs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { x } = inputs as { x: TensorInfo };
  const source = addressOf(wasmBackend, x, Gelu);
  const y = wasmBackend.makeOutput([...x.shape], 'float32');
  const kernels = kernelsOf(wasmBackend);
  withScratch(wasmBackend, kernels.geluScratchBytes(), (scratch) => {
    kernels.gelu(source, addressOf(wasmBackend, y, Gelu), scratch, util.sizeFromShape(x.shape));
  });
  return y;
};

/** `GeluGrad`: the gradient of {@link Gelu} with respect to x, from dy and x, in one pass. */
export const GeluGrad = 'GeluGrad';

export const geluGrad: Kernel = ({ inputs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { dy, x } = inputs as Record<'dy' | 'x', TensorInfo>;
  const sources = [dy, x].map((tensor) => addressOf(wasmBackend, tensor, GeluGrad));
  const dx = wasmBackend.makeOutput([...x.shape], 'float32');
  const target = addressOf(wasmBackend, dx, GeluGrad);
  const kernels = kernelsOf(wasmBackend);
  withScratch(wasmBackend, kernels.geluScratchBytes(), (scratch) => {
    kernels.geluGradient(...sources, target, scratch, util.sizeFromShape(x.shape));
  });
  return dx;
};
