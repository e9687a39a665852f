import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { registerVariant } from './variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

const attrs = { alpha: 0.00123, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

test.each([1, 3, 4, 7, 250])(
  'an update of %d numbers has the bits of its operations one by one',
  (length) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const numbers = (seed: number, scale = 1) =>
        tf.tensor1d(Array.from({ length }, (_, i) => scale * Math.sin(seed * 100 + i * i)));
      const variable = numbers(1);
      const gradient = numbers(2, 1e-3);
      const m = numbers(3, 1e-3);
      const v = tf.square(numbers(4, 1e-3));
      const moved = (average: tf.Tensor, target: tf.Tensor, rest: number) =>
        tf.add(average, tf.mul(tf.sub(target, average), rest));
      const newM = moved(m, gradient, 1 - attrs.beta1);
      const newV = moved(v, tf.square(gradient), 1 - attrs.beta2);
      const step = tf.div(tf.mul(newM, attrs.alpha), tf.add(tf.sqrt(newV), attrs.epsilon));
      const found = tf
        .engine()
        .runKernel('FusedAdam', { variable, gradient, m, v }, attrs) as unknown as tf.Tensor[];
      expect(found.map((one) => one.dataSync())).toEqual(
        [tf.sub(variable, step), newM, newV].map((one) => one.dataSync()),
      );
    });
    expect(tf.memory().numTensors).toBe(before);
  },
);
