import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { values } from '../cases.testing.ts';
import { UnsupportedOperationError } from '../errors.ts';
import { registerVariant } from './variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

/** Sums of rows by segment, in float64. */
const expected = (x: Float32Array, ids: readonly number[], columns: number, segments: number): number[] => {
  const sums = Array.from({ length: segments * columns }, () => 0);
  for (const [row, id] of ids.entries()) {
    if (id < 0 || id >= segments) continue;
    for (let c = 0; c < columns; c++) sums[id * columns + c]! += x[row * columns + c]!;
  }
  return sums;
};

describe.each([
  { ofRow: [], columns: 1 },
  { ofRow: [3], columns: 3 },
  { ofRow: [8], columns: 8 },
  { ofRow: [3, 7], columns: 21 },
])('of rows of shape $ofRow', ({ ofRow, columns }) => {
  test.each([
    { what: 'each segment', ids: [0, 1, 2, 3], segments: 4 },
    { what: 'some segments, in any order', ids: [4, 0, 4, 4, 2, 0], segments: 6 },
    { what: 'segments that are not there', ids: [-1, 1, 2, 7, 0, -8, 2], segments: 2 },
    { what: 'no row', ids: [], segments: 3 },
  ])('$what', ({ ids, segments }) => {
    const before = tf.memory().numTensors;
    const x = values([ids.length, ...ofRow], 1);
    const sums = tf.tidy(() => {
      const found = tf.unsortedSegmentSum(
        tf.tensor(x, [ids.length, ...ofRow]),
        tf.tensor1d(ids, 'int32'),
        segments,
      );
      expect(found.shape).toEqual([segments, ...ofRow]);
      return [...found.dataSync()];
    });
    for (const [i, sum] of expected(x, ids, columns, segments).entries()) expect(sums[i]).toBeCloseTo(sum, 6);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test.each([0, 1])('the gradient of gather along axis %d adds up what was taken twice', (axis) => {
  tf.tidy(() => {
    const taken = tf.tensor1d([2, 0, 2], 'int32');
    const dx = tf.grad((x) => tf.gather(x, taken, axis))(
      tf.zeros([3, 3]),
      tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]),
    );
    const rows = [4, 5, 6, 0, 0, 0, 8, 10, 12];
    const columns = [2, 0, 4, 5, 0, 10, 8, 0, 16];
    expect([...dx.dataSync()]).toEqual(axis === 0 ? rows : columns);
  });
});

test('a NaN is one in its segment only', () => {
  tf.tidy(() => {
    const x = tf.tensor1d([1, Number.NaN, 3, 4]);
    const sums = tf.unsortedSegmentSum(x, tf.tensor1d([0, 1, 1, 0], 'int32'), 3);
    expect([...sums.dataSync()]).toEqual([5, Number.NaN, 0]);
  });
});

test.each([
  {
    what: 'integers',
    x: 'int32',
    ids: [0, 1],
    message: 'UnsortedSegmentSum: expected a float32 tensor, got int32',
  },
  { what: 'ids in a matrix', x: 'float32', ids: [[0, 1]], message: 'got int32 of shape [1,2]' },
] as const)('$what are refused by name', ({ x, ids, message }) => {
  tf.tidy(() => {
    const inputs = {
      x: tf.zeros([2], x),
      segmentIds: tf.tensor(ids as unknown as number[], undefined, 'int32'),
    };
    const run = () => tf.engine().runKernel('UnsortedSegmentSum', inputs, { numSegments: 2 });
    expect(run).toThrow(UnsupportedOperationError);
    expect(run).toThrow(message);
  });
});
