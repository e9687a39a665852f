import { compileFused } from './wasm/builds/fma.ts';

/**
 * Compiles the kernels with relaxed SIMD, for `registerTrainingKernels`: products are added by fused multiply-add, rounded
 * once, where the processor has it. It is faster there; its bits depend on the processor.
 *
 * @throws UnsupportedOperationError where the engine has no relaxed SIMD.
 */
export const compileFmaKernels = (): WebAssembly.Module => compileFused();
