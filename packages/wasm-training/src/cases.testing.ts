import * as tf from '@tensorflow/tfjs-core';

type Shape4D = [number, number, number, number];

/** Values in (-1, 1) that depend on nothing but their index, a given fraction of them non-zero. */
export const values = (shape: readonly number[], seed: number, density = 1): Float32Array =>
  Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => {
    const hash = Math.imul((i + 1) ^ (seed * 0x9e3779b9), 0x85ebca6b);
    const bits = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
    const present = (Math.imul(bits ^ (bits >>> 15), 0x27d4eb2f) >>> 0) / 2 ** 32 < density;
    return present ? (bits / 2 ** 32) * 2 - 1 : 0;
  });

/** A convolution to check kernels with. */
export interface ConvCase {
  x: Shape4D;
  filter: Shape4D;
  strides: number | [number, number];
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
}

export const convCases: readonly ConvCase[] = [
  { x: [2, 8, 8, 3], filter: [3, 3, 3, 8], strides: 1, pad: 'valid' },
  { x: [2, 8, 8, 3], filter: [3, 3, 3, 8], strides: 1, pad: 'same' },
  { x: [1, 15, 15, 64], filter: [3, 3, 64, 64], strides: 1, pad: 'valid' },
  { x: [2, 9, 7, 16], filter: [3, 5, 16, 17], strides: 1, pad: 'same' },
  { x: [2, 9, 7, 17], filter: [5, 3, 17, 16], strides: 1, pad: 'valid' },
  { x: [3, 10, 11, 5], filter: [3, 3, 5, 7], strides: 2, pad: 'valid' },
  { x: [3, 10, 11, 5], filter: [3, 3, 5, 7], strides: 2, pad: 'same' },
  { x: [2, 12, 9, 4], filter: [5, 3, 4, 6], strides: [3, 2], pad: 'same' },
  { x: [2, 12, 9, 4], filter: [5, 3, 4, 6], strides: [1, 3], pad: 'valid' },
  { x: [1, 6, 6, 33], filter: [1, 1, 33, 65], strides: 1, pad: 'valid' },
  { x: [2, 7, 7, 2], filter: [1, 1, 2, 3], strides: 3, pad: 'valid' },
  { x: [1, 5, 5, 1], filter: [5, 5, 1, 1], strides: 1, pad: 'valid' },
  { x: [1, 4, 4, 40], filter: [2, 2, 40, 20], strides: 2, pad: 'same' },
  { x: [2, 6, 6, 3], filter: [3, 3, 3, 4], strides: 1, pad: 2 },
  // More input channels than are summed in one pass; the last pass is not full.
  { x: [1, 6, 6, 200], filter: [3, 3, 200, 20], strides: 1, pad: 'same' },
  { x: [1, 7, 8, 45], filter: [5, 5, 45, 33], strides: 2, pad: 'same' },
  { x: [1, 3, 4, 210], filter: [1, 1, 210, 36], strides: 1, pad: 'valid' },
  // More rows than are summed at a time.
  { x: [1, 40, 21, 18], filter: [3, 3, 18, 34], strides: 1, pad: 'same' },
  {
    x: [2, 6, 5, 20],
    filter: [3, 3, 20, 24],
    strides: 1,
    pad: [
      [0, 0],
      [0, 2],
      [1, 0],
      [0, 0],
    ],
  },
];

/** A max pooling to check kernels with. */
export interface PoolCase {
  x: Shape4D;
  pool: number | [number, number];
  strides: number;
  pad: 'valid' | 'same';
}

export const poolCases: readonly PoolCase[] = [
  { x: [2, 8, 8, 8], pool: 2, strides: 2, pad: 'valid' },
  { x: [2, 13, 13, 64], pool: 2, strides: 2, pad: 'valid' },
  { x: [1, 9, 9, 5], pool: 3, strides: 2, pad: 'same' },
  { x: [2, 7, 8, 6], pool: [3, 2], strides: 1, pad: 'same' },
  { x: [1, 7, 7, 4], pool: 2, strides: 3, pad: 'valid' },
  { x: [2, 7, 7, 8], pool: 3, strides: 3, pad: 'same' },
  { x: [1, 9, 5, 3], pool: 2, strides: 2, pad: 'same' },
];
