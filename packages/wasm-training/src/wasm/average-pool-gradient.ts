import { AvgPoolGrad, type AvgPoolGradAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { poolInfoOf } from '../pooling.ts';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend } from './instance.ts';
import { poolSizesOf } from './max-pool.ts';

/**
 * Gradient of avgPool, vectorised over channels: dy is divided by the size of its window without padding, as in the forward
 * pass; the stock kernel divides by the whole window's.
 */
export const avgPoolGrad: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
  const info = poolInfoOf(input, attrs as unknown as AvgPoolGradAttrs);
  const source = addressOf(wasmBackend, dy, AvgPoolGrad);
  const dx = wasmBackend.makeOutput(info.inShape, 'float32');
  const target = addressOf(wasmBackend, dx, AvgPoolGrad);
  kernelsOf(wasmBackend).averagePoolGradient(source, target, ...poolSizesOf(info));
  return dx;
};
