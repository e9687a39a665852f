import { type NamedAttrMap, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, type WasmBackend } from './instance.ts';

/**
 * `CopyTo`: copies a float32 tensor, x, into the array `target` of its attributes, a kernel that only this backend has. Reading a
 * tensor makes an array of it, which is garbage as soon as it is copied on; megabytes of it in every step keep the garbage
 * collectors of all threads at work.
 */
export const CopyTo = 'CopyTo';

export const copyTo: Kernel = ({ inputs, attrs, backend }) => {
  const { x } = inputs as { x: TensorInfo };
  const { target } = attrs as NamedAttrMap & { target: Float32Array };
  const wasmBackend = backend as WasmBackend;
  const address = addressOf(wasmBackend, x, CopyTo);
  target.set(new Float32Array(wasmBackend.wasm.HEAPU8.buffer, address, util.sizeFromShape(x.shape)));
  return [];
};
