import type { WasmKernels } from './wasm-kernels.ts';

/** The name that TensorFlow.js gives to a backend; tfjs-node's is `tensorflow`. */
export type BackendName = 'tensorflow' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** The description of a backend that runs. */
export interface RunningBackend {
  readonly name: BackendName;
  /** For people: `wasm (SIMD)`, `tfjs-node 4.22.0 (libtensorflow 2.9.1)`. */
  readonly description: string;
  /** The kernels of wasm; other backends have one kind. */
  readonly kernels?: WasmKernels;
  /** Versions of the packages and libraries that compute, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The backend that `startBackend` has started. */
export interface StartedBackend extends RunningBackend {
  /** One line: which backend was chosen and why, and how to get a faster one that is missing. */
  readonly reason: string;
}

/** @param versions Versions that every backend has, by package name. */
export const startedBecause = (
  backend: RunningBackend,
  why: string,
  versions: Readonly<Record<string, string>>,
): StartedBackend => ({
  ...backend,
  reason: `${backend.description}: ${why}`,
  versions: { ...versions, ...backend.versions },
});
