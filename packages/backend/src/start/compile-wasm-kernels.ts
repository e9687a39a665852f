import { UnsupportedOperationError } from '@dropout-lab/wasm-training';
import { BackendError } from '../errors.ts';
import type { WasmKernels } from './wasm-kernels.ts';

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
