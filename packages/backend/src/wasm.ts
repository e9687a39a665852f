import * as tf from '@tensorflow/tfjs-core';
import { activate } from './activate.ts';
import { BackendError } from './errors.ts';
import { quietly } from './quietly.ts';
import type { RunningBackend } from './running-backend.ts';

/**
 * WebAssembly with the kernels that it needs to train.
 *
 * @throws BackendError on a processor without SIMD, before a training step would find out.
 */
export const startWasm = async (): Promise<RunningBackend> => {
  const { version_wasm: version } = await quietly(() => import('@tensorflow/tfjs-backend-wasm'));
  const { registerTrainingKernels } = await import('@dropout-lab/wasm-training');
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new BackendError(
      'backend wasm: expected WebAssembly SIMD, found none on this processor: choose another backend',
    );
  }
  registerTrainingKernels();
  await activate('wasm');
  return {
    name: 'wasm',
    description: 'wasm (SIMD)',
    versions: { '@tensorflow/tfjs-backend-wasm': version },
  };
};
