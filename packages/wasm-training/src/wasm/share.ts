import type { CastAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import type { WasmBackend } from './instance.ts';

/** Returns a tensor that shares the data, as Reshape's does: no kernel writes to an existing tensor. */
const share = (backend: WasmBackend, { dataId, shape, dtype }: TensorInfo): TensorInfo => {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
};

/** Clones without a copy. The gradient tape clones every tensor that it keeps for the backward pass. */
export const identity: Kernel = ({ inputs, backend }) =>
  share(backend as WasmBackend, inputs['x'] as TensorInfo);

/** The stock kernel, but for a cast to the type that the tensor has, as in the gradient of ReLU: that is a clone. */
export const cast =
  (stock: Kernel): Kernel =>
  (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    const { dtype } = call.attrs as unknown as CastAttrs;
    return dtype === x.dtype ? share(call.backend as WasmBackend, x) : stock(call);
  };
