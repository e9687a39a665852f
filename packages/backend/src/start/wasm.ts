import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../errors.ts';
import { activate } from './activate.ts';
import type { RunningBackend } from './running-backend.ts';
import { kernelsInWords, plainKernels, type WasmKernels } from './wasm-kernels.ts';
import { withoutWarnings } from './without-warnings.ts';

const builds = [
  'tfjs-backend-wasm.wasm',
  'tfjs-backend-wasm-simd.wasm',
  'tfjs-backend-wasm-threaded-simd.wasm',
] as const;

/**
 * Starts WebAssembly with the kernels that it needs to train.
 *
 * @param wasmUrl Address of the SIMD build, the only one that trains; where TensorFlow.js looks when left out.
 * @param kernels As compiled, the plain ones when left out.
 * @throws BackendError on a processor without SIMD, rather than at the first training step.
 */
export const startWasm = async ({
  wasmUrl,
  kernels = plainKernels,
}: {
  readonly wasmUrl?: string | undefined;
  readonly kernels?: WasmKernels;
} = {}): Promise<RunningBackend> => {
  const { setWasmPaths, version_wasm: version } = await withoutWarnings(
    () => import('@tensorflow/tfjs-backend-wasm'),
  );
  const { registerTrainingKernels } = await import('@dropout-lab/wasm-training');
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new BackendError(
      'backend wasm: expected WebAssembly SIMD, found none on this processor: choose another backend',
    );
  }
  // The build of several threads, which a browser would take, cannot train: see @dropout-lab/wasm-training.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  // All three addresses are required, though it fetches only one.
  if (wasmUrl !== undefined) setWasmPaths(Object.fromEntries(builds.map((name) => [name, wasmUrl])));
  registerTrainingKernels(kernels.module);
  await activate('wasm');
  return {
    name: 'wasm',
    description: `wasm (${kernelsInWords(kernels)})`,
    kernels,
    versions: { '@tensorflow/tfjs-backend-wasm': version },
  };
};
