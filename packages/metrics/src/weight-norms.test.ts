import { expect, test } from 'vitest';
import { weightNorms } from './weight-norms.ts';

test('of the units of a Dense kernel, and of the filters of a Conv2D kernel', () => {
  const dense = { name: 'dense/kernel', shape: [2, 2], values: Float32Array.of(3, 5, 4, 12) };
  expect([...weightNorms(dense, [0])]).toEqual([5, 13]);
  // [height 1, width 2, channels 1, filters 2]
  const conv = { name: 'conv2d/kernel', shape: [1, 2, 1, 2], values: Float32Array.of(3, 5, 4, 12) };
  expect([...weightNorms(conv, [0, 1, 2])]).toEqual([5, 13]);
  expect([...weightNorms(conv, [0])]).toEqual([3, 5, 4, 12]);
});
