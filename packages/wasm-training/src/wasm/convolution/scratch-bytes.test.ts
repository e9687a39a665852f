import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { registerTrainingKernels } from '../../index.ts';
import { kernelsOf, type WasmBackend } from '../instance.ts';
import { convolutionOf, withConvolution } from './convolution.ts';

/** More than there can be memory of. */
const ALL = 2 ** 32 - 1;

const wasmBackend = (): WasmBackend => tf.findBackend('wasm') as unknown as WasmBackend;

beforeAll(async () => {
  registerTrainingKernels();
  await tf.setBackend('wasm');
});

describe.each([
  'convolveScratchBytes',
  'convolveInputGradientScratchBytes',
  'convolveFilterGradientScratchBytes',
] as const)('%s', (name) => {
  const bytesOf = (side: number, channels: number, filter: number, filters: number): number => {
    const convolution = convolutionOf(
      [1, side, side, channels],
      [filter, filter, channels, filters],
      { strides: 1, pad: 'same', dataFormat: 'NHWC' },
      'test',
    );
    let bytes = 0;
    const ask = (kernels: ReturnType<typeof kernelsOf>, address: number): number => {
      bytes = kernels[name](address) >>> 0;
      return 16;
    };
    withConvolution(wasmBackend(), convolution, ask, () => {});
    return bytes;
  };

  test('grows with an image', () => {
    // Eight bytes for each number of an image, or a block of 128 for each pixel, and what is small.
    expect(bytesOf(1024, 16, 3, 16)).toBeGreaterThan(2 ** 27);
    expect(bytesOf(1024, 16, 3, 16)).toBeLessThan(2 ** 29);
  });

  test.each([
    // An image whose numbers take four bytes each; eight of them are 4 GiB and a little.
    [4096, 32, 3, 32],
    [4096, 33, 3, 33],
    [16_384, 8, 5, 8],
    [30_000, 64, 7, 64],
  ])('is no less where there are not as many addresses: %d x %d', (...sizes) => {
    expect(bytesOf(...sizes)).toBe(ALL);
  });
});

test('products of matrices, transposed: no less where there are not as many addresses', () => {
  const bytesOf = (rows: number, columns: number, bColumns: number): number =>
    kernelsOf(wasmBackend()).multiplyTransposedScratchBytes(rows, columns, bColumns) >>> 0;
  expect(bytesOf(8, 1000, 40)).toBe(2 * 8 * 128 + 128 + 4000 + 8 * 8000);
  expect(bytesOf(32, 2 ** 24, 1)).toBe(ALL);
  expect(bytesOf(2 ** 25, 1, 33)).toBe(ALL);
});

test('a convolution for which there is no memory is refused', () => {
  const convolution = convolutionOf(
    [1, 30_000, 30_000, 64],
    [3, 3, 64, 16],
    { strides: 1, pad: 'same', dataFormat: 'NHWC' },
    'test',
  );
  const computing = () =>
    withConvolution(
      wasmBackend(),
      convolution,
      (kernels, address) => kernels.convolveScratchBytes(address),
      () => {},
    );
  expect(computing).toThrow(
    /^wasm-training: expected room for 4294967295 bytes in the memory of the wasm backend, found none left of \d+ MiB, of 4096 at most: use smaller batches or images/,
  );
});
