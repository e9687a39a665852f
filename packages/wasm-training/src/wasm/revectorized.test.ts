import { expect, test } from 'vitest';
import { kernelsBase64 } from '../generated/kernels.ts';
import { compileRevectorizedKernels } from '../revectorized.ts';
import { differingKernel } from './builds/differing-kernel.ts';
import { compilePlainKernels } from './builds/plain.ts';
import { testEveryKernel } from './every-kernel.testing.ts';

const revectorized = await testEveryKernel('revectorized', () => compileRevectorizedKernels('plain'));

test.skipIf(revectorized === undefined)('its bits are those of the plain kernels', () => {
  expect(differingKernel(compilePlainKernels(), revectorized!)).toBe(undefined);
});

/** The plain kernels, each with one addition of vectors made a comparison. */
const withOneWrong = (): WebAssembly.Module[] => {
  const binary = Buffer.from(kernelsBase64, 'base64');
  // f32x4.add and f32x4.eq, whose number takes as many bytes when it is padded.
  const [addition, comparison] = [Buffer.of(0xfd, 0xe4, 0x01), Buffer.of(0xfd, 0xc1, 0x00)];
  const wrong: WebAssembly.Module[] = [];
  for (let at = binary.indexOf(addition); at >= 0; at = binary.indexOf(addition, at + 1)) {
    const changed = Buffer.from(binary);
    changed.set(comparison, at);
    wrong.push(new WebAssembly.Module(changed));
  }
  return wrong;
};

test('the check finds any addition of a kernel that is wrong', () => {
  const plain = compilePlainKernels();
  const wrong = withOneWrong();
  expect(wrong.length).toBeGreaterThan(40);
  expect(wrong.flatMap((module, i) => (differingKernel(plain, module) === undefined ? [i] : []))).toEqual([]);
});
