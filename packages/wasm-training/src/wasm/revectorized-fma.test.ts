import { compileRevectorizedKernels } from '../revectorized.ts';
import { testEveryKernel } from './variant.testing.ts';

await testEveryKernel('revectorized, with fused multiply-add', () => compileRevectorizedKernels('fma'));
