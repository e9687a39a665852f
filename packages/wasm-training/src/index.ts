export { UnsupportedOperationError } from './errors.ts';
export { registerTrainingKernels } from './wasm/register.ts';
