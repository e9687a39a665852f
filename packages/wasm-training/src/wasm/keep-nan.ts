import {
  AvgPool,
  type AvgPoolAttrs,
  backend_util,
  ClipByValue,
  type ClipByValueAttrs,
  FusedDepthwiseConv2D,
  getKernel,
  type KernelConfig,
  Maximum,
  Minimum,
  NotEqual,
  Relu,
  Relu6,
  Select,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { addressOf, allFinite, kernelsOf, runKernel, type WasmBackend } from './instance.ts';

/*
 * Kernels in the stock ones' place that are there for NaN alone. XNNPACK clamps by comparisons, and by those of whole
 * numbers: the NaN of 0 / 0, whose sign bit is set, is below 0 then, and a ReLU makes a number of it.
 */

type Call = Parameters<KernelConfig['kernelFunc']>[0];

/** The stock kernel, but for what `serve` serves. */
const before = (
  kernelName: string,
  serve: (call: Call, stock: KernelConfig, backend: WasmBackend) => TensorInfo | undefined,
): KernelConfig => {
  const stock = getKernel(kernelName, 'wasm');
  return {
    ...stock,
    kernelFunc: (call) => serve(call, stock, call.backend as WasmBackend) ?? stock.kernelFunc(call),
  };
};

/** `write(x, target, length)` of a float32 tensor. */
const elementwise = (
  backend: WasmBackend,
  x: TensorInfo,
  operation: string,
  write: (source: number, target: number, length: number) => void,
): TensorInfo | undefined => {
  if (x.dtype !== 'float32') return undefined;
  const y = backend.makeOutput([...x.shape], 'float32');
  write(addressOf(backend, x, operation), addressOf(backend, y, operation), util.sizeFromShape(x.shape));
  return y;
};

const relu = (): KernelConfig =>
  before(Relu, ({ inputs }, _, backend) =>
    elementwise(backend, inputs['x'] as TensorInfo, Relu, (source, target, length) =>
      kernelsOf(backend).relu(source, target, length),
    ),
  );

const clip = (kernelName: string, boundsOf: (attrs: Call['attrs']) => readonly [number, number]) =>
  before(kernelName, ({ inputs, attrs }, _, backend) =>
    elementwise(backend, inputs['x'] as TensorInfo, kernelName, (source, target, length) =>
      kernelsOf(backend).clip(source, target, length, ...boundsOf(attrs)),
    ),
  );

/** The stock kernel gives its first operand where either is NaN. */
const extremum = (kernelName: string): KernelConfig =>
  before(kernelName, (call, stock, backend) => {
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
    if (a.dtype !== 'float32' || b.dtype !== 'float32' || allFinite(backend, b, kernelName)) return undefined;
    const results = [
      stock.kernelFunc(call),
      stock.kernelFunc({ ...call, inputs: { a: b, b: a } }),
    ] as TensorInfo[];
    const [ofFirst, ofSecond] = results as [TensorInfo, TensorInfo];
    const unordered = runKernel(backend, NotEqual, { a: ofSecond, b: ofSecond });
    const result = runKernel(backend, Select, { condition: unordered, t: ofSecond, e: ofFirst });
    for (const { dataId } of [...results, unordered]) backend.disposeData(dataId);
    return result;
  });

/** XNNPACK averages in between two clamps: with NaN or infinity, by the definition. */
const avgPool = (): KernelConfig =>
  before(AvgPool, ({ inputs, attrs }, _, backend) => {
    const x = inputs['x'] as TensorInfo;
    if (x.dtype !== 'float32' || allFinite(backend, x, AvgPool)) return undefined;
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as AvgPoolAttrs;
    const shape = x.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const y = backend.makeOutput(info.outShape, 'float32');
    const values = backend.readSync(x.dataId) as Float32Array;
    const target = addressOf(backend, y, AvgPool) / Float32Array.BYTES_PER_ELEMENT;
    const heap = new Float32Array(backend.wasm.HEAPU8.buffer);
    averages(values, info).forEach((average, i) => {
      heap[target + i] = average;
    });
    return y;
  });

const averages = (
  x: Float32Array,
  info: ReturnType<typeof backend_util.computePool2DInfo>,
): readonly number[] => {
  const result: number[] = [];
  const { inHeight, inWidth, inChannels } = info;
  for (let n = 0; n < info.batchSize; n++) {
    for (let oy = 0; oy < info.outHeight; oy++) {
      const top = oy * info.strideHeight - info.padInfo.top;
      for (let ox = 0; ox < info.outWidth; ox++) {
        const left = ox * info.strideWidth - info.padInfo.left;
        for (let c = 0; c < inChannels; c++) {
          let sum = 0;
          let count = 0;
          for (let iy = Math.max(0, top); iy < Math.min(inHeight, top + info.filterHeight); iy++) {
            for (let ix = Math.max(0, left); ix < Math.min(inWidth, left + info.filterWidth); ix++) {
              sum += x[((n * inHeight + iy) * inWidth + ix) * inChannels + c]!;
              count++;
            }
          }
          result.push(sum / count);
        }
      }
    }
  }
  return result;
};

/** Activations that the stock fused kernels clamp by, by their own kernels. */
const activations: Readonly<Record<string, string>> = { relu: Relu, relu6: Relu6 };

/** A fused kernel that applies ReLU and ReLU6 after what it computes, not within. */
export const activatedAfterwards = (fused: KernelConfig): KernelConfig => ({
  ...fused,
  kernelFunc: (call) => {
    const activation = activations[(call.attrs as { activation?: string }).activation ?? ''];
    if (activation === undefined) return fused.kernelFunc(call);
    const backend = call.backend as WasmBackend;
    const sums = fused.kernelFunc({ ...call, attrs: { ...call.attrs, activation: 'linear' } }) as TensorInfo;
    const activated = runKernel(backend, activation, { x: sums });
    backend.disposeData(sums.dataId);
    return activated;
  },
});

/** Made once the stock kernels are registered. */
export const nanKernels = (): readonly KernelConfig[] => [
  relu(),
  clip(Relu6, () => [0, 6]),
  clip(ClipByValue, (attrs) => {
    const { clipValueMin, clipValueMax } = attrs as unknown as ClipByValueAttrs;
    return [clipValueMin, clipValueMax];
  }),
  extremum(Maximum),
  extremum(Minimum),
  avgPool(),
  activatedAfterwards(getKernel(FusedDepthwiseConv2D, 'wasm')),
];
