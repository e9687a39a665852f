import {
  backend_util,
  MaxPool3D,
  type MaxPool3DAttrs,
  MaxPool3DGrad,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { Kernel, KernelCall } from '../replace-kernel.ts';
import { addressOf, type WasmBackend } from './instance.ts';

type Pool3DInfo = ReturnType<typeof backend_util.computePool3DInfo>;

/**
 * MaxPool3d of float32 numbers, the first NaN of a window before all. The stock kernel starts at the smallest number above 0
 * instead of at minus infinity: where no number of a window is above 0, that is its result.
 */
export const maxPool3D =
  (stock: Kernel): Kernel =>
  (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    if (x.dtype !== 'float32') return stock(call);
    const backend = call.backend as WasmBackend;
    const info = infoOf(x, call);
    const y = backend.makeOutput(info.outShape, 'float32');
    const [from, to] = [numbersOf(backend, x, MaxPool3D), numbersOf(backend, y, MaxPool3D)];
    forEachLargest(info, from, (place, window) => {
      to[window] = from[place]!;
    });
    return y;
  };

/** Gradient of maxPool3d, which goes to the first of a window's largest numbers. The stock kernel loses that of the windows above. */
export const maxPool3DGrad: Kernel = (call) => {
  const { dy, input } = call.inputs as { dy: TensorInfo; input: TensorInfo };
  const backend = call.backend as WasmBackend;
  const info = infoOf(input, call);
  const dx = backend.makeOutput(info.inShape, 'float32');
  const [x, from, to] = [input, dy, dx].map((tensor) => numbersOf(backend, tensor, MaxPool3DGrad));
  to!.fill(0);
  forEachLargest(info, x!, (place, window) => {
    to![place]! += from![window]!;
  });
  return dx;
};

const infoOf = ({ shape }: TensorInfo, { attrs }: KernelCall): Pool3DInfo => {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as MaxPool3DAttrs;
  return backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
};

/** Returns a view of a tensor's numbers, until the backend's memory grows. */
const numbersOf = (backend: WasmBackend, tensor: TensorInfo, operation: string): Float32Array =>
  new Float32Array(
    backend.wasm.HEAPU8.buffer,
    addressOf(backend, tensor, operation),
    util.sizeFromShape(tensor.shape),
  );

/** Calls `visit` with the place of the largest number of each window, in the order of the windows. */
const forEachLargest = (
  info: Pool3DInfo,
  x: Float32Array,
  visit: (place: number, window: number) => void,
): void => {
  const { inDepth, inHeight, inWidth, inChannels, padInfo } = info;
  let window = 0;
  for (let n = 0; n < info.batchSize; n++) {
    for (let oz = 0; oz < info.outDepth; oz++) {
      const z = oz * info.strideDepth - padInfo.front;
      for (let oy = 0; oy < info.outHeight; oy++) {
        const y = oy * info.strideHeight - padInfo.top;
        for (let ox = 0; ox < info.outWidth; ox++) {
          const left = ox * info.strideWidth - padInfo.left;
          for (let channel = 0; channel < inChannels; channel++) {
            let place = -1;
            for (let iz = Math.max(0, z); iz < Math.min(inDepth, z + info.filterDepth); iz++) {
              for (let iy = Math.max(0, y); iy < Math.min(inHeight, y + info.filterHeight); iy++) {
                for (let ix = Math.max(0, left); ix < Math.min(inWidth, left + info.filterWidth); ix++) {
                  const i = (((n * inDepth + iz) * inHeight + iy) * inWidth + ix) * inChannels + channel;
                  if (place < 0 || isAbove(x[i]!, x[place]!)) place = i;
                }
              }
            }
            visit(place, window++);
          }
        }
      }
    }
  }
};

/** Whether a number is larger than another, a NaN than all others. */
const isAbove = (a: number, b: number): boolean => a > b || (Number.isNaN(a) && !Number.isNaN(b));
