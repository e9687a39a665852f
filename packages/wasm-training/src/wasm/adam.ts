import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend } from './instance.ts';

/**
 * `FusedAdam`: an update of Adam in one pass over its numbers, a kernel that only this backend has. (variable, gradient, m, v),
 * all float32 of one shape, to the new variable, m and v; the attributes are the bias-corrected rate `alpha`, `beta1`, `beta2` and
 * `epsilon`. The bits are those of the operations one by one.
 */
export const FusedAdam = 'FusedAdam';

export const fusedAdam: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { variable, gradient, m, v } = inputs as Record<'variable' | 'gradient' | 'm' | 'v', TensorInfo>;
  const { alpha, beta1, beta2, epsilon } = attrs as Record<'alpha' | 'beta1' | 'beta2' | 'epsilon', number>;
  const sources = [variable, gradient, m, v].map((tensor) => addressOf(wasmBackend, tensor, FusedAdam));
  const updated = [variable, m, v].map(({ shape }) => wasmBackend.makeOutput([...shape], 'float32'));
  const targets = updated.map((tensor) => addressOf(wasmBackend, tensor, FusedAdam));
  const length = util.sizeFromShape(variable.shape);
  kernelsOf(wasmBackend).adam(...sources, ...targets, length, alpha, 1 - beta1, 1 - beta2, epsilon);
  return updated;
};
