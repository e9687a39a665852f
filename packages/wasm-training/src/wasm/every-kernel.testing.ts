import { test } from 'vitest';
import { UnsupportedOperationError } from '../errors.ts';
import { testVariant } from './variant.testing.ts';

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
  let module: WebAssembly.Module;
  try {
    module = compile();
  } catch (error) {
    if (!(error instanceof UnsupportedOperationError)) throw error;
    test.skip(`every kernel, ${name} (${error.message})`);
    return undefined;
  }
  testVariant(module);
  await import('./adam.test.ts');
  await import('./average-pool-gradient.test.ts');
  await import('./convolution/conv3d-gradient.test.ts');
  await import('./convolution/depthwise-gradient.test.ts');
  await import('./gelu.test.ts');
  await import('./keep-nan.test.ts');
  await import('./kernels.test.ts');
  await import('./normalize-channels.test.ts');
  await import('./normalize-rows.test.ts');
  await import('./convolution/pooled-convolution.test.ts');
  await import('./refused-operands.test.ts');
  await import('./scale-bytes.test.ts');
  await import('./scale-kept.test.ts');
  await import('./unsorted-segment-sum.test.ts');
  return module;
};
