import { test } from 'vitest';
import { UnsupportedOperationError } from '../errors.ts';
import { registerTrainingKernels } from '../index.ts';

let variant: WebAssembly.Module | undefined;

/** Registers the kernels that a test file is about: the plain ones, unless {@link testEveryKernel} runs it on others. */
export const registerVariant = (): void => registerTrainingKernels(variant);

/**
 * Runs all tests of kernels on a variant of them; where the engine lacks it, one test is skipped whose name says why.
 *
 * @param name Of the variant.
 * @returns Its module, where there is one.
 */
export const testEveryKernel = async (
  name: string,
  compile: () => WebAssembly.Module,
): Promise<WebAssembly.Module | undefined> => {
  try {
    variant = compile();
  } catch (error) {
    if (!(error instanceof UnsupportedOperationError)) throw error;
    test.skip(`every kernel, ${name} (${error.message})`);
    return undefined;
  }
  await import('./adam.test.ts');
  await import('./keep-nan.test.ts');
  await import('./kernels.test.ts');
  await import('./pooled-convolution.test.ts');
  return variant;
};
