import { version_core } from '@tensorflow/tfjs-core';
import { BackendError } from '../errors.ts';
import { startWebgl } from '../graphics/webgl.ts';
import { startBrowserWebgpu } from '../graphics/webgpu-in-browser.ts';
import { startCpu } from './cpu.ts';
import { type RunningBackend, type StartedBackend, startedBecause } from './running-backend.ts';
import { startWasm } from './wasm.ts';

/**
 * `auto` is WebGPU, else WebGL, where it finds a graphics processor, and wasm elsewhere: software that stands in for
 * one is far slower. By name, `webgpu` and `webgl` take such software too.
 */
export type BrowserBackendChoice = 'auto' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** Options of `startBackend`. */
export interface StartBrowserBackendOptions {
  /**
   * Address of `tfjs-backend-wasm-simd.wasm` of `@tensorflow/tfjs-backend-wasm`; left out, it is looked for beside the
   * script that has the backend.
   */
  readonly wasmUrl?: string;
  /**
   * Called when the graphics processor that a backend runs on is gone: its driver failed, or the browser took it away.
   * Operations in progress may then never end: start another backend in another worker.
   */
  readonly onLost?: () => void;
}

/**
 * Starts a backend in a page or a worker, and makes it the one that every TensorFlow.js operation of this thread runs
 * on. Only the code of the backend that is started is loaded. Gradients come with `@tensorflow/tfjs-layers`.
 *
 * @throws BackendError when the backend cannot be started; `auto` throws only where wasm cannot be started either.
 */
export const startBackend = async (
  choice: BrowserBackendChoice,
  options: StartBrowserBackendOptions = {},
): Promise<StartedBackend> => {
  switch (choice) {
    case 'auto':
      return startFastest(options);
    case 'webgpu':
      return started(await startBrowserWebgpu(options), 'as asked for');
    case 'webgl':
      return started(await startWebgl(options), 'as asked for');
    case 'wasm':
      return started(await startWasm(options), 'as asked for');
    case 'cpu':
      return started(await startCpu(), 'as asked for; much slower than wasm');
  }
};

const startFastest = async (options: StartBrowserBackendOptions): Promise<StartedBackend> => {
  for (const start of [startBrowserWebgpu, startWebgl]) {
    try {
      return started(
        await start({ ...options, onlyHardware: true }),
        'a graphics processor, since there is one',
      );
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
    }
  }
  return started(await startWasm(options), 'since the browser offers no graphics processor');
};

const started = (backend: RunningBackend, why: string): StartedBackend =>
  startedBecause(backend, why, { '@tensorflow/tfjs-core': version_core });
