import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, maskAddressOf, type WasmBackend } from './instance.ts';

/**
 * `ScaleKept`: `x * (kept ? scale : 0)`, dropout of a float32 tensor, x, by a bool tensor of its shape and the attribute `scale`: a
 * kernel that only this backend has, and its own gradient. A NaN that is dropped stays one.
 */
export const ScaleKept = 'ScaleKept';

export const scaleKept: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { x, kept } = inputs as Record<'x' | 'kept', TensorInfo>;
  const { scale } = attrs as { scale: number };
  const source = addressOf(wasmBackend, x, ScaleKept);
  const mask = maskAddressOf(wasmBackend, kept, x, ScaleKept);
  const y = wasmBackend.makeOutput([...x.shape], 'float32');
  const target = addressOf(wasmBackend, y, ScaleKept);
  kernelsOf(wasmBackend).scaleKept(source, mask, target, util.sizeFromShape(x.shape), scale);
  return y;
};
