/** A build of the wasm backend's kernels. */
export interface WasmKernels {
  /** `fma` adds products by fused multiply-add where the processor has it: faster there, and its bits depend on the processor. */
  readonly build: 'plain' | 'fma';
  /** Compiled by V8 to operations of 256 bits where the processor has them: faster, with the same bits. */
  readonly revectorized: boolean;
  /** The compiled build, which may have been posted from another thread; compiled where it is left out. */
  readonly module?: WebAssembly.Module | undefined;
}

/** The kernels that are used unless others are asked for. */
export const plainKernels: WasmKernels = { build: 'plain', revectorized: false };

/** Describes kernels for people: `SIMD, fused multiply-add`. */
export const kernelsInWords = ({ build, revectorized }: WasmKernels): string =>
  [
    'SIMD',
    ...(build === 'fma' ? ['fused multiply-add'] : []),
    ...(revectorized ? ['revectorized'] : []),
  ].join(', ');
