import {
  AvgPool,
  type AvgPoolAttrs,
  ClipByValue,
  type ClipByValueAttrs,
  NotEqual,
  Relu,
  Relu6,
  Select,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { mapWindows, poolInfoOf } from '../pooling.ts';
import type { Kernel, KernelCall } from '../replace-kernel.ts';
import { addressOf, allFinite, kernelsOf, runKernel, type WasmBackend } from './instance.ts';

/*
 * Kernels that are replaced only to keep NaN. XNNPACK clamps by comparing the bits as integers: the NaN of 0 / 0, whose sign
 * bit is set, is below 0 then, and a ReLU turns it into a number.
 */

/** Runs `write(x, target, length)` on a float32 tensor; undefined for any other. */
const elementwise = (
  { inputs, backend }: KernelCall,
  operation: string,
  write: (wasmBackend: WasmBackend, source: number, target: number, length: number) => void,
): TensorInfo | undefined => {
  const { x } = inputs as { x: TensorInfo };
  const wasmBackend = backend as WasmBackend;
  if (x.dtype !== 'float32') return undefined;
  const y = wasmBackend.makeOutput([...x.shape], 'float32');
  const [source, target] = [x, y].map((tensor) => addressOf(wasmBackend, tensor, operation));
  write(wasmBackend, source!, target!, util.sizeFromShape(x.shape));
  return y;
};

export const relu =
  (stock: Kernel): Kernel =>
  (call) =>
    elementwise(call, Relu, (backend, source, target, length) =>
      kernelsOf(backend).relu(source, target, length),
    ) ?? stock(call);

const clip = (call: KernelCall, operation: string, low: number, high: number): TensorInfo | undefined =>
  elementwise(call, operation, (backend, source, target, length) =>
    kernelsOf(backend).clip(source, target, length, low, high),
  );

export const relu6 =
  (stock: Kernel): Kernel =>
  (call) =>
    clip(call, Relu6, 0, 6) ?? stock(call);

export const clipByValue =
  (stock: Kernel): Kernel =>
  (call) => {
    const { clipValueMin, clipValueMax } = call.attrs as unknown as ClipByValueAttrs;
    return clip(call, ClipByValue, clipValueMin, clipValueMax) ?? stock(call);
  };

/** Maximum or minimum; the stock kernel returns its first operand where either is NaN. */
export const extremum =
  (operation: string, stock: Kernel): Kernel =>
  (call) => {
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
    const backend = call.backend as WasmBackend;
    if (a.dtype !== 'float32' || b.dtype !== 'float32' || allFinite(backend, b, operation))
      return stock(call);
    const results = [stock(call), stock({ ...call, inputs: { a: b, b: a } })] as TensorInfo[];
    const [ofFirst, ofSecond] = results as [TensorInfo, TensorInfo];
    const unordered = runKernel(backend, NotEqual, { a: ofSecond, b: ofSecond });
    const result = runKernel(backend, Select, { condition: unordered, t: ofSecond, e: ofFirst });
    for (const { dataId } of [...results, unordered]) backend.disposeData(dataId);
    return result;
  };

/** Averages by the definition where there is a NaN or an infinity, which XNNPACK's clamps turn into numbers. */
export const avgPool =
  (stock: Kernel): Kernel =>
  (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    const backend = call.backend as WasmBackend;
    if (x.dtype !== 'float32' || allFinite(backend, x, AvgPool)) return stock(call);
    const info = poolInfoOf(x, call.attrs as unknown as AvgPoolAttrs);
    const y = backend.makeOutput(info.outShape, 'float32');
    const values = backend.readSync(x.dataId) as Float32Array;
    const target = addressOf(backend, y, AvgPool) / Float32Array.BYTES_PER_ELEMENT;
    const heap = new Float32Array(backend.wasm.HEAPU8.buffer);
    const averages = mapWindows(
      info,
      (places) => places.reduce((sum, place) => sum + values[place]!, 0) / places.length,
    );
    heap.set(averages, target);
    return y;
  };

/** The kernels of activations for which the stock fused kernels clamp. */
const activations: Readonly<Record<string, string>> = { relu: Relu, relu6: Relu6 };

/** A fused kernel that applies ReLU and ReLU6 by their own kernels, not by clamping. */
export const activatedAfterwards =
  (fused: Kernel): Kernel =>
  (call) => {
    const activation = activations[(call.attrs as { activation?: string }).activation ?? ''];
    if (activation === undefined) return fused(call);
    const backend = call.backend as WasmBackend;
    const sums = fused({ ...call, attrs: { ...call.attrs, activation: 'linear' } }) as TensorInfo;
    const activated = runKernel(backend, activation, { x: sums });
    backend.disposeData(sums.dataId);
    return activated;
  };
