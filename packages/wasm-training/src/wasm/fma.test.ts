import { expect, test } from 'vitest';
import { compileFmaKernels } from '../fma.ts';
import { differingKernel } from './builds/differing-kernel.ts';
import { compilePlainKernels } from './builds/plain.ts';
import { testEveryKernel } from './every-kernel.testing.ts';
import { instantiate } from './instance.ts';

const fma = await testEveryKernel('with fused multiply-add', compileFmaKernels);

/** The gradient of a dense layer's kernel of two images, one number each: a b + c d. */
const sumOfProducts = (module: WebAssembly.Module, [a, b, c, d]: readonly number[]): number => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const floats = new Float32Array(memory.buffer);
  // The row of a product has the width of a block.
  const width = 32;
  floats.set([a!, c!], 256);
  floats.fill(b!, 512, 512 + width).fill(d!, 512 + width, 512 + 2 * width);
  instantiate(module, memory).multiplyTransposed(1024, 2048, 4096, 8192, 2, 1, width);
  return floats[1024]!;
};

test.skipIf(fma === undefined)(
  'a product is rounded before it is added, or by processors that can, not at all',
  () => {
    const factor = 1 + 2 ** -12;
    // The square of the factor has 25 bits; float32 keeps 24 of them.
    const numbers = [-1, 1 + 2 ** -11, factor, factor];
    expect(sumOfProducts(compilePlainKernels(), numbers)).toBe(0);
    expect([0, 2 ** -24]).toContain(sumOfProducts(fma!, numbers));
  },
);

test.skipIf(fma === undefined)(
  'kernels that sum products differ from the plain ones only by fused multiply-add',
  () => {
    const isFused = sumOfProducts(fma!, [-1, 1 + 2 ** -11, 1 + 2 ** -12, 1 + 2 ** -12]) !== 0;
    expect(differingKernel(compilePlainKernels(), fma!) !== undefined).toBe(isFused);
  },
);
