import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { values } from '../cases.testing.ts';
import { largestError } from './largest-error.testing.ts';
import { registerVariant } from './variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

/** Runs a kernel on arrays, matrices of so many channels and vectors. */
const run = (kernel: string, channels: number, inputs: Record<string, Float32Array>): Float32Array[] =>
  tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, array]): [string, tf.Tensor] => [
        name,
        array.length === channels
          ? tf.tensor1d(array)
          : tf.tensor(array, [array.length / channels, channels]),
      ]),
    );
    return [tf.engine().runKernel(kernel, tensors) as tf.Tensor | tf.Tensor[]]
      .flat()
      .map((tensor) => tensor.dataSync<'float32'>().slice());
  });

/** A number for each channel, from those of its rows, in float64. */
const byChannel = (rows: number, channels: number, of: (at: readonly number[], c: number) => number) =>
  Array.from({ length: channels }, (_, c) =>
    of(
      Array.from({ length: rows }, (_, row) => row * channels + c),
      c,
    ),
  );
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

// Whole strips of channels and rests; one row, one block of rows and several.
const sizes = [
  [1, 5],
  [7, 3],
  [300, 8],
  [130, 21],
  [700, 64],
  [40, 256],
  [3, 5000],
] as const;

describe.each(sizes)('%d rows of %d channels', (rows, channels) => {
  const x = values([rows, channels], 1);
  const dy = values([rows, channels], 2);
  const [mean, inverse, scale, offset] = [3, 4, 5, 6].map((seed) => values([channels], seed)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];

  test('mean and variance', () => {
    const [foundMean, foundVariance] = run('ChannelMoments', channels, { x });
    const means = byChannel(rows, channels, (at) => sum(at.map((i) => x[i]!)) / rows);
    const variances = byChannel(
      rows,
      channels,
      (at, c) => sum(at.map((i) => (x[i]! - means[c]!) ** 2)) / rows,
    );
    expect(largestError(foundMean!, means)).toBeLessThan(1e-7);
    expect(largestError(foundVariance!, variances)).toBeLessThan(2e-7);
  });

  test('the normalized numbers', () => {
    const [found] = run('NormalizeChannels', channels, { x, mean, scale, offset });
    const expected = x.map((value, i) => {
      const c = i % channels;
      return (value - mean[c]!) * scale[c]! + offset[c]!;
    });
    expect(largestError(found!, expected)).toBeLessThan(1e-6);
  });

  test('the sums of a gradient', () => {
    const [foundDy, foundProducts] = run('NormalizationSums', channels, { dy, x, mean, inverse });
    const sums = byChannel(rows, channels, (at) => sum(at.map((i) => dy[i]!)));
    const products = byChannel(rows, channels, (at, c) =>
      sum(at.map((i) => dy[i]! * (x[i]! - mean[c]!) * inverse[c]!)),
    );
    expect(largestError(foundDy!, sums) / Math.sqrt(rows)).toBeLessThan(1e-6);
    expect(largestError(foundProducts!, products) / Math.sqrt(rows)).toBeLessThan(1e-6);
  });

  test('the gradient', () => {
    const [meanOfDy, meanOfDyXhat] = [offset, values([channels], 7)];
    const given = { dy, x, mean, inverse, scale, meanOfDy, meanOfDyXhat };
    const [found] = run('NormalizationGradient', channels, given);
    const expected = x.map((value, i) => {
      const c = i % channels;
      const xhat = (value - mean[c]!) * inverse[c]!;
      return (dy[i]! - meanOfDy[c]! - xhat * meanOfDyXhat[c]!) * scale[c]!;
    });
    expect(largestError(found!, expected)).toBeLessThan(2e-6);
  });

  test('a NaN stays in its channel', () => {
    const broken = x.slice();
    broken[channels - 1] = Number.NaN;
    const others = (found: Float32Array) => [...found].filter((_, i) => i % channels !== channels - 1);
    const both = [
      ...run('ChannelMoments', channels, { x: broken }),
      ...run('NormalizationSums', channels, { dy, x: broken, mean, inverse }).slice(1),
      ...run('NormalizationSums', channels, { dy: broken, x, mean, inverse }),
    ];
    for (const found of both) {
      expect(found[channels - 1]).toBeNaN();
      expect(others(found).some(Number.isNaN)).toBe(false);
    }
    const [normalized] = run('NormalizeChannels', channels, { x: broken, mean, scale, offset });
    expect([...normalized!.keys()].filter((i) => Number.isNaN(normalized![i]))).toEqual([channels - 1]);
  });

  test('no tensor and no heap is left', () => {
    const heap = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
    const all = () => {
      run('ChannelMoments', channels, { x });
      run('NormalizationSums', channels, { dy, x, mean, inverse });
    };
    all();
    const before = [tf.memory().numTensors, heap()];
    for (let i = 0; i < 20; i++) all();
    expect([tf.memory().numTensors, heap()]).toEqual(before);
  });
});

test.each([1, 100, 1000])('the variance of numbers around %d keeps its digits', (center) => {
  const [rows, channels] = [4000, 9];
  const x = values([rows, channels], 1).map((value) => value + center);
  const [, found] = run('ChannelMoments', channels, { x });
  const expected = byChannel(rows, channels, (at) => {
    const mean = sum(at.map((i) => x[i]!)) / rows;
    return sum(at.map((i) => (x[i]! - mean) ** 2)) / rows;
  });
  expect(largestError(found!, expected)).toBeLessThan(2e-7);
});

test('the variance of equal numbers is 0', () => {
  const [mean, variance] = run('ChannelMoments', 8, { x: new Float32Array(8 * 1001).fill(0.1) });
  expect([...mean!]).toEqual(Array.from({ length: 8 }, () => Math.fround(0.1)));
  expect(Math.max(...variance!)).toBeLessThan(1e-16);
});
