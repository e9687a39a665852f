import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { squaredNorm } from './squared-norm.ts';

test.each([[[2304, 256]], [[3, 3, 256, 256]], [[300]]])(
  'the squared norm of %j numbers is exact in float32',
  (shape) => {
    const values = Float32Array.from(
      { length: tf.util.sizeFromShape(shape) },
      (_, i) => 1e-3 * (1 + Math.sin(i)),
    );
    const expected = values.reduce((sum, value) => sum + value ** 2, 0);
    const found = tf.tidy(() => squaredNorm(tf.tensor(values, shape)).dataSync()[0]!);
    expect(Math.abs(found / expected - 1)).toBeLessThan(2e-6);
  },
);
