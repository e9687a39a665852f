import { version_core } from '@tensorflow/tfjs-core';
import { BackendError } from '../errors.ts';
import { startWebgpu } from '../graphics/webgpu-in-node.ts';
import { type RunningTfjsNode, startTfjsNode } from '../native/tfjs-node.ts';
import { compileWasmKernels } from './compile-wasm-kernels.ts';
import { startCpu } from './cpu.ts';
import { type RunningBackend, type StartedBackend, startedBecause } from './running-backend.ts';
import { startWasm } from './wasm.ts';
import type { WasmKernels } from './wasm-kernels.ts';

/**
 * `auto` is WebGPU where its packages are installed and find a graphics processor, else tfjs-node where it can be
 * loaded, else wasm. `node` is tfjs-node: the application's or, where that cannot be loaded, the one in
 * `tfjsNodeFolder()`. `webgpu` takes a software adapter too, much slower than wasm.
 */
export type BackendChoice = 'auto' | 'node' | 'webgpu' | 'wasm' | 'cpu';

/** Options of `startBackend`. */
export interface StartBackendOptions {
  /**
   * A module of the application, as a file URL or absolute path, whose tfjs-node or WebGPU is to be loaded. When left
   * out, those that are installed as optional peers of this package.
   */
  readonly resolveFrom?: string | URL;
  /** The kernels of wasm, other than the plain ones; refused with any other choice. */
  readonly kernels?: WasmKernels | undefined;
  /** Whether `webgpu` refuses software that stands in for a graphics processor, as `auto` does. */
  readonly onlyHardware?: boolean;
}

/**
 * Starts a backend and makes it the one that every TensorFlow.js operation of this thread runs on. Gradients
 * come with `@tensorflow/tfjs-layers`: tfjs-core alone registers none.
 *
 * @throws BackendError when the backend cannot be started; `auto` throws only where wasm cannot be started either.
 */
export const startBackend = async (
  choice: BackendChoice,
  { resolveFrom = import.meta.url, onlyHardware = false, kernels }: StartBackendOptions = {},
): Promise<StartedBackend> => {
  if (kernels && choice !== 'wasm') {
    throw new BackendError(
      `kernels: expected the backend wasm, the only one that has several, received ${choice}: choose wasm, or leave the kernels out`,
    );
  }
  switch (choice) {
    case 'auto':
      return startFastest(resolveFrom);
    case 'node':
      return startedTfjsNode(await startTfjsNode(resolveFrom), 'as asked for');
    case 'webgpu':
      return started(await startWebgpu(resolveFrom, { onlyHardware }), 'as asked for');
    case 'wasm':
      return started(
        await startWasm(kernels && { kernels: await compileWasmKernels(kernels) }),
        'as asked for',
      );
    case 'cpu':
      return started(await startCpu(), 'as asked for; much slower than wasm');
  }
};

const startFastest = async (resolveFrom: string | URL): Promise<StartedBackend> => {
  try {
    const backend = await startWebgpu(resolveFrom, { onlyHardware: true });
    return started(backend, 'a graphics processor, since there is one');
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
  }
  try {
    return startedTfjsNode(await startTfjsNode(resolveFrom), 'native TensorFlow, since it can be loaded');
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return started(await startWasm(), error.message);
  }
};

const startedTfjsNode = ({ backend, folder }: RunningTfjsNode, why: string): StartedBackend =>
  started(backend, folder === undefined ? why : `${why}, from ${folder}`);

const started = (backend: RunningBackend, why: string): StartedBackend =>
  startedBecause(backend, why, { node: process.versions.node, '@tensorflow/tfjs-core': version_core });
