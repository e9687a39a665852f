import {
  AvgPool3DGrad,
  type AvgPool3DGradAttrs,
  AvgPoolGrad,
  type AvgPoolGradAttrs,
  backend_util,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { poolInfoOf } from '../pooling.ts';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend } from './instance.ts';
import { windowSizesOf } from './window-sizes.ts';

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
  kernelsOf(wasmBackend).averagePoolGradient(source, target, ...windowSizesOf(info));
  return dx;
};

/** Gradient of avgPool3d, as {@link avgPoolGrad}. */
export const avgPool3DGrad: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as AvgPool3DGradAttrs;
  const info = backend_util.computePool3DInfo(
    input.shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const source = addressOf(wasmBackend, dy, AvgPool3DGrad);
  const dx = wasmBackend.makeOutput(info.inShape, 'float32');
  const target = addressOf(wasmBackend, dx, AvgPool3DGrad);
  kernelsOf(wasmBackend).averagePool3dGradient(
    ...[source, target, info.batchSize, info.inDepth, info.inHeight, info.inWidth, info.inChannels],
    ...[info.outDepth, info.outHeight, info.outWidth],
    ...[info.filterDepth, info.filterHeight, info.filterWidth],
    ...[info.strideDepth, info.strideHeight, info.strideWidth],
    ...[info.padInfo.front, info.padInfo.top, info.padInfo.left],
  );
  return dx;
};
