import { kernelsBase64 } from '../../generated/kernels.ts';
import { compileKernels } from './compile.ts';

/**
 * Compiles the kernels whose bits are the same everywhere.
 *
 * @param name As {@link compileKernels} has it.
 * @throws UnsupportedOperationError where the engine has no SIMD.
 */
export const compilePlainKernels = (name?: string): WebAssembly.Module =>
  compileKernels(
    kernelsBase64,
    'wasm-training: this JavaScript engine has no WebAssembly SIMD: use Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or newer',
    name,
  );
