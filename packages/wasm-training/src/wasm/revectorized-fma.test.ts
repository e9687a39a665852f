import { compileRevectorizedKernels } from '../revectorized.ts';
import { testEveryKernel } from './every-kernel.testing.ts';

await testEveryKernel('revectorized, with fused multiply-add', () => compileRevectorizedKernels('fma'));
