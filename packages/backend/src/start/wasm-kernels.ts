import { UnsupportedOperationError } from '@dropout-lab/wasm-training';
import { BackendError } from '../errors.ts';

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

const compiled = new Map<string, WebAssembly.Module>();

/**
 * Compiles kernels other than the plain ones, once in a process; revectorized ones are compared to the bit with those that are
 * not. Only in the main thread: others get them posted.
 *
 * @throws BackendError where this engine lacks what they need.
 */
export const compileWasmKernels = async (kernels: WasmKernels): Promise<WasmKernels> => {
  const { build, revectorized, module } = kernels;
  if (module || (build === 'plain' && !revectorized)) return kernels;
  const name = `${build} ${revectorized}`;
  const known = compiled.get(name) ?? (await compile(kernels));
  compiled.set(name, known);
  return { ...kernels, module: known };
};

const compile = async ({ build, revectorized }: WasmKernels): Promise<WebAssembly.Module> => {
  try {
    if (!revectorized) return (await import('@dropout-lab/wasm-training/fma')).compileFmaKernels();
    return (await import('@dropout-lab/wasm-training/revectorized')).compileRevectorizedKernels(build);
  } catch (error) {
    if (!(error instanceof UnsupportedOperationError)) throw error;
    throw new BackendError(`backend wasm: ${error.message.replace('wasm-training: ', '')}`, { cause: error });
  }
};

/** Describes kernels for people: `SIMD, fused multiply-add`. */
export const kernelsInWords = ({ build, revectorized }: WasmKernels): string =>
  [
    'SIMD',
    ...(build === 'fma' ? ['fused multiply-add'] : []),
    ...(revectorized ? ['revectorized'] : []),
  ].join(', ');
