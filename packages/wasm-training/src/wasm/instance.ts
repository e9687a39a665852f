import {
  type DataId,
  getKernel,
  type KernelBackend,
  type NamedAttrMap,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { UnsupportedOperationError } from '../errors.ts';
import { compilePlainKernels } from './builds/plain.ts';

/** The part of TensorFlow.js's wasm backend that the kernels use; its own type leaves some of it out. */
export interface WasmBackend extends KernelBackend {
  readonly wasm: {
    readonly asm: { readonly memory?: WebAssembly.Memory };
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(dataId: DataId): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: 'float32' | 'bool'): TensorInfo;
}

/** Addresses, then the sizes of a pooling, in the order that every kernel of assembly/ takes them. */
type Numbers = readonly number[];

export interface KernelExports {
  adam(...args: Numbers): void;
  /** Returns 1 where no float is NaN or infinite, else 0. */
  allFinite(values: number, length: number): number;
  averagePool3dGradient(...args: Numbers): void;
  averagePoolGradient(...args: Numbers): void;
  channelMoments(...args: Numbers): void;
  clip(x: number, target: number, length: number, low: number, high: number): void;
  conv3dFilterGradient(...args: Numbers): void;
  conv3dInputGradient(...args: Numbers): void;
  convFilterGradientOfEveryProduct(...args: Numbers): void;
  convInputGradientOfEveryProduct(...args: Numbers): void;
  convolve(...args: Numbers): void;
  convolveScratchBytes(convolution: number): number;
  convolveInputGradient(...args: Numbers): void;
  convolveInputGradientScratchBytes(convolution: number): number;
  convolveFilterGradient(...args: Numbers): void;
  convolveFilterGradientScratchBytes(convolution: number): number;
  countNonZeros(values: number, length: number): number;
  depthwiseFilterGradient(...args: Numbers): void;
  depthwiseInputGradient(...args: Numbers): void;
  gelu(...args: Numbers): void;
  geluGradient(...args: Numbers): void;
  geluScratchBytes(): number;
  maxPool(...args: Numbers): void;
  maxPoolGradient(...args: Numbers): void;
  multiply(...args: Numbers): void;
  multiplyScratchBytes(): number;
  multiplyTransposed(...args: Numbers): void;
  multiplyTransposedScratchBytes(rows: number, columns: number, bColumns: number): number;
  normalizationGradient(...args: Numbers): void;
  normalizationSums(...args: Numbers): void;
  normalizeChannels(...args: Numbers): void;
  normalizeRows(...args: Numbers): void;
  normalizeRowsGradient(...args: Numbers): void;
  relu(x: number, target: number, length: number): void;
  scaleBytes(bytes: number, y: number, length: number): void;
  scaleKept(...args: Numbers): void;
  sumNumbers(values: number, length: number): number;
  sumRows(source: number, target: number, rows: number, columns: number): void;
  sumSegments(...args: Numbers): void;
  sumWinners(dy: number, winners: number, target: number, rows: number, columns: number): void;
  unpool(...args: Numbers): void;
}

/** The module that {@link chooseKernels} was given; the plain build when undefined. */
let chosen: WebAssembly.Module | undefined;
let plain: WebAssembly.Module | undefined;
const instances = new WeakMap<WasmBackend, { module: WebAssembly.Module; kernels: KernelExports }>();

/** Returns the kernels of a module, which work in this memory. */
export const instantiate = (module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;

/** Links backends to this build of the kernels from their next operation on. */
export const chooseKernels = (module: WebAssembly.Module | undefined): void => {
  chosen = module;
};

/**
 * Returns our kernels, linked to the backend's own memory: they read and write its tensors in place.
 *
 * @throws UnsupportedOperationError where the engine has no SIMD, or the backend's memory is not a plain one.
 */
export const kernelsOf = (backend: WasmBackend): KernelExports => {
  const known = instances.get(backend);
  if (known && known.module === (chosen ?? plain)) return known.kernels;
  const memory = backend.wasm.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new UnsupportedOperationError(
      'wasm-training: expected the memory of @tensorflow/tfjs-backend-wasm 4.22 at backend.wasm.asm.memory, found none: use version 4.22',
    );
  }
  if (typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer) {
    throw new UnsupportedOperationError(
      "wasm-training: the backend runs its multi-threaded build, which cannot train: call tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false) before the backend starts",
    );
  }
  if (chosen === undefined) plain ??= compilePlainKernels();
  const module = (chosen ?? plain)!;
  const kernels = instantiate(module, memory);
  if (known === undefined) refuseWithoutMemory(backend);
  instances.set(backend, { module, kernels });
  return kernels;
};

/** Returns the address of a float32 tensor's first element in the backend's memory. */
export const addressOf = (backend: WasmBackend, tensor: TensorInfo, operation: string): number => {
  if (tensor.dtype !== 'float32') {
    throw new UnsupportedOperationError(
      `${operation}: expected a float32 tensor, got ${tensor.dtype}: cast it first`,
    );
  }
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
};

/** Returns the address of a bool tensor that has an element for each of another's. */
export const maskAddressOf = (
  backend: WasmBackend,
  mask: TensorInfo,
  of: TensorInfo,
  operation: string,
): number => {
  const [expected, found] = [of, mask].map(({ shape }) => util.sizeFromShape(shape));
  if (mask.dtype !== 'bool' || found !== expected) {
    throw new UnsupportedOperationError(
      `${operation}: expected a bool tensor of ${expected} elements, got ${mask.dtype} of ${found}: make it of the shape ${of.shape.join(' x ')}`,
    );
  }
  return backend.dataIdMap.get(mask.dataId).memoryOffset;
};

/** Whether no number of a float32 tensor is NaN or infinite. */
export const allFinite = (backend: WasmBackend, tensor: TensorInfo, operation: string): boolean =>
  kernelsOf(backend).allFinite(addressOf(backend, tensor, operation), util.sizeFromShape(tensor.shape)) === 1;

/** Runs another kernel of the backend. */
export const runKernel = (
  backend: WasmBackend,
  kernelName: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: Readonly<Record<string, unknown>> = {},
): TensorInfo =>
  getKernel(kernelName, 'wasm').kernelFunc({
    inputs,
    attrs: attrs as NamedAttrMap,
    backend,
  }) as TensorInfo;

/**
 * Makes the backend throw where its memory, 4 GiB at most, has no room for a tensor. Stock, it continues with the address 0, or
 * one beyond the end, and writes over whatever is there.
 */
const refuseWithoutMemory = ({ wasm }: WasmBackend): void => {
  // What Emscripten puts there takes itself away in its first call, and what stands in its place then.
  wasm._free(wasm._malloc(1));
  const malloc = wasm._malloc;
  wasm._malloc = (bytes) => {
    // Beyond two gibibytes, an address that comes out of WebAssembly is negative.
    const address = malloc(bytes) >>> 0;
    // Near its end, the allocator gives out addresses of memory that it could not take.
    if (address > 0 && address + bytes <= wasm.HEAPU8.length) return address;
    const taken = Math.round(wasm.HEAPU8.length / 2 ** 20);
    throw new RangeError(
      `wasm-training: expected room for ${bytes} bytes in the memory of the wasm backend, found none left of ${taken} MiB, of 4096 at most: use smaller batches or images, more threads, or the backend node`,
    );
  };
};

/**
 * Calls `use` with the address of memory on the backend's heap, which is freed afterwards.
 *
 * @param bytes As a kernel says them, too: beyond two gibibytes, a number that comes out of WebAssembly is negative.
 */
export const withScratch = (backend: WasmBackend, bytes: number, use: (address: number) => void): void => {
  const address = backend.wasm._malloc(bytes < 0 ? bytes + 2 ** 32 : bytes);
  try {
    use(address);
  } finally {
    backend.wasm._free(address);
  }
};
