import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type PoolCase, poolCases, values } from '../cases.testing.ts';
import { registerVariant } from './variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

const averaged = ({ pool, strides, pad }: PoolCase, x: tf.Tensor): tf.Tensor4D =>
  tf.avgPool(x as tf.Tensor4D, pool, strides, pad);

describe.each(poolCases)('average pooling $pool of $x, strides $strides, pad $pad', (one) => {
  test('its gradient agrees with finite differences, and no tensor is left', () => {
    const before = tf.memory().numTensors;
    const xValues = values(one.x, 1);
    const { dy, dx } = tf.tidy(() => {
      const x = tf.tensor4d(xValues, one.x);
      const slopes = values(averaged(one, x).shape, 2);
      const gradient = tf.grad((input) => averaged(one, input))(x, tf.tensor(slopes, averaged(one, x).shape));
      return { dy: slopes, dx: gradient.dataSync<'float32'>().slice() };
    });
    const output = (x: Float32Array): number =>
      tf.tidy(() =>
        averaged(one, tf.tensor4d(x, one.x))
          .dataSync<'float32'>()
          .reduce((sum, value, i) => sum + value * dy[i]!, 0),
      );
    for (let i = 0; i < xValues.length; i += 1 + (i % 13)) {
      const value = xValues[i]!;
      // Averages are linear, so a unit step leaves no truncation error.
      xValues[i] = value + 1;
      const above = output(xValues);
      xValues[i] = value - 1;
      const below = output(xValues);
      xValues[i] = value;
      expect(Math.abs(dx[i]! - (above - below) / 2)).toBeLessThan(1e-5);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('a NaN of dy is one at the places of its window only', () => {
  tf.tidy(() => {
    const dy = tf.tensor4d([Number.NaN, 4, 8, 12], [1, 2, 2, 1]);
    const dx = tf.grad((x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'))(tf.ones([1, 4, 4, 1]), dy);
    const nan = Number.NaN;
    expect([...dx.dataSync()]).toEqual([nan, nan, 1, 1, nan, nan, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3]);
  });
});

describe.each([
  { shape: [2, 5, 6, 4, 5], pool: 3, strides: 2, pad: 'same' },
  { shape: [2, 4, 5, 6, 8], pool: 2, strides: 1, pad: 'same' },
  { shape: [1, 5, 5, 5, 3], pool: 2, strides: 3, pad: 'valid' },
  { shape: [1, 2, 3, 2, 4], pool: 5, strides: 1, pad: 'same' },
] as const)('average pooling in three dimensions, $pool of $shape, strides $strides, pad $pad', (one) => {
  test('its gradient agrees with finite differences, and no tensor is left', () => {
    const before = tf.memory().numTensors;
    const numbers = values(one.shape, 1);
    const pooled = (x: tf.Tensor): tf.Tensor =>
      tf.avgPool3d(x as tf.Tensor5D, one.pool, one.strides, one.pad);
    const { dy, dx } = tf.tidy(() => {
      const x = tf.tensor(numbers, [...one.shape]);
      const { shape } = pooled(x);
      const slopes = values(shape, 2);
      return { dy: slopes, dx: tf.grad(pooled)(x, tf.tensor(slopes, shape)).dataSync<'float32'>().slice() };
    });
    const output = (): number =>
      tf.tidy(() =>
        pooled(tf.tensor(numbers, [...one.shape]))
          .dataSync<'float32'>()
          .reduce((sum, value, i) => sum + value * dy[i]!, 0),
      );
    for (let i = 0; i < numbers.length; i += 1 + (i % 7)) {
      const value = numbers[i]!;
      numbers[i] = value + 1;
      const above = output();
      numbers[i] = value - 1;
      const below = output();
      numbers[i] = value;
      expect(Math.abs(dx[i]! - (above - below) / 2)).toBeLessThan(1e-5);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
