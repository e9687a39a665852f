import { registerTrainingKernels } from '../index.ts';

let variant: WebAssembly.Module | undefined;

/** Makes {@link registerVariant} register another build than the plain one. */
export const testVariant = (module: WebAssembly.Module): void => {
  variant = module;
};

/** Registers the kernels that a test file is about: the plain ones, unless its tests run on others. */
export const registerVariant = (): void => registerTrainingKernels(variant);
