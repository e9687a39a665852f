export { UnsupportedOperationError } from './errors.ts';
export { registerTrainingKernels } from './register.ts';
