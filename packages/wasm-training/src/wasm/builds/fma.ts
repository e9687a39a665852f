import { kernelsFmaBase64 } from '../../generated/kernels-fma.ts';
import { compileKernels } from './compile.ts';

/**
 * Compiles the kernels with fused multiply-add.
 *
 * @param name As {@link compileKernels} has it.
 * @throws UnsupportedOperationError where the engine has no relaxed SIMD.
 */
export const compileFused = (name?: string): WebAssembly.Module =>
  compileKernels(
    kernelsFmaBase64,
    'wasm-training: this JavaScript engine has no WebAssembly relaxed SIMD, which the kernels with fused multiply-add need: use Node 22, Chrome 114 or newer, or the plain kernels',
    name,
  );
