import {
  backend_util,
  type KernelConfig,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { addressOf, kernelsOf, type WasmBackend } from './instance.ts';

/** Gradient of maxPool, vectorised over channels. A tie goes to the first of its window, as on the cpu backend. */
export const maxPoolGrad: KernelConfig = {
  kernelName: MaxPoolGrad,
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const wasmBackend = backend as WasmBackend;
    const { dy, input, output } = inputs as { dy: TensorInfo; input: TensorInfo; output: TensorInfo };
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as MaxPoolGradAttrs;
    const inputShape = input.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(inputShape, filterSize, strides, 1, pad, dimRoundingMode);
    const [x, y, dyAddress] = [input, output, dy].map((tensor) =>
      addressOf(wasmBackend, tensor, MaxPoolGrad),
    );
    const dx = wasmBackend.makeOutput(info.inShape, 'float32');
    kernelsOf(wasmBackend).maxPoolGradient(
      x!,
      y!,
      dyAddress!,
      addressOf(wasmBackend, dx, MaxPoolGrad),
      info.batchSize,
      info.inHeight,
      info.inWidth,
      info.inChannels,
      info.outHeight,
      info.outWidth,
      info.filterHeight,
      info.filterWidth,
      info.strideHeight,
      info.strideWidth,
      info.padInfo.top,
      info.padInfo.left,
    );
    return dx;
  },
};
