import {
  MaxPool,
  type MaxPoolAttrs,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { poolInfoOf } from '../pooling.ts';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend } from './instance.ts';
import { windowSizesOf } from './window-sizes.ts';

/** maxPool, NaN in windows with a NaN: the stock kernel ignores NaN, and returns -Infinity for a window of nothing else. */
export const maxPool: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { x } = inputs as { x: TensorInfo };
  const info = poolInfoOf(x, attrs as unknown as MaxPoolAttrs);
  const source = addressOf(wasmBackend, x, MaxPool);
  const y = wasmBackend.makeOutput(info.outShape, 'float32');
  kernelsOf(wasmBackend).maxPool(source, addressOf(wasmBackend, y, MaxPool), ...windowSizesOf(info));
  return y;
};

/** Gradient of maxPool, vectorised over channels. A tie goes to the first of its window, as on the cpu backend. */
export const maxPoolGrad: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { dy, input, output } = inputs as { dy: TensorInfo; input: TensorInfo; output: TensorInfo };
  const info = poolInfoOf(input, attrs as unknown as MaxPoolGradAttrs);
  const sources = [input, output, dy].map((tensor) => addressOf(wasmBackend, tensor, MaxPoolGrad));
  const dx = wasmBackend.makeOutput(info.inShape, 'float32');
  const [x, y, dyAt] = sources as [number, number, number];
  kernelsOf(wasmBackend).maxPoolGradient(
    x,
    y,
    dyAt,
    addressOf(wasmBackend, dx, MaxPoolGrad),
    ...windowSizesOf(info),
  );
  return dx;
};
