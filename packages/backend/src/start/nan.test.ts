import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { BackendError, startBackend } from '../node.ts';

const { NaN: nan, NEGATIVE_INFINITY: lowest } = Number;

const backends = ['cpu', 'wasm', 'node'] as const;
const reasons = new Map<string, string>();
for (const choice of backends) {
  await startBackend(choice).catch((error: unknown) => {
    if (!(error instanceof BackendError)) throw error;
    reasons.set(choice, error.message);
  });
}

/** Four windows of 2 x 2: a NaN among numbers, NaN alone, no NaN, -Infinity alone. */
const image = () =>
  tf.tensor4d([1, nan, nan, nan, 3, 2, nan, nan, 1, 5, lowest, lowest, 7, 2, lowest, lowest], [1, 4, 4, 1]);
const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid');
const valuesOf = (compute: () => tf.Tensor) => tf.tidy(() => [...compute().dataSync()]);
const fullOfNaN = (shape: number[]) => tf.fill(shape, nan);

describe.each(backends)('on %s, NaN stays NaN', (choice) => {
  const reason = reasons.get(choice);
  test.skipIf(reason !== undefined)(
    `in every operation of a model${reason ? ` (${reason})` : ''}`,
    async () => {
      await startBackend(choice);
      // Starting it again wraps nothing twice.
      await startBackend(choice);
      const before = tf.memory().numTensors;
      const [, , ofNumbers, ofLowest] = valuesOf(() => pool(image()));
      expect(valuesOf(() => pool(image())).slice(0, 2)).toEqual([nan, nan]);
      expect(ofNumbers).toBe(7);
      // TensorFlow begins with the lowest finite number.
      expect(ofLowest).toBeLessThan(-3e38);

      const slopes = () => tf.tensor4d([10, 20, 30, 0], [1, 2, 2, 1]);
      const gradient = valuesOf(() => tf.grad(pool)(image(), slopes()));
      expect(gradient).toEqual([0, 10, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0]);

      const fused = { strides: 1, pad: 'valid', activation: 'relu' } as const;
      const filter = () => tf.ones([2, 2, 1, 3]) as tf.Tensor4D;
      const ofNaN: Record<string, () => tf.Tensor> = {
        relu: () => tf.relu(fullOfNaN([9])),
        softmax: () => tf.softmax(fullOfNaN([2, 3])),
        max: () => tf.max(tf.tensor2d([nan, 1, 1, nan], [2, 2]), -1),
        'zero times NaN': () => tf.mul(fullOfNaN([9]), 0),
        'zero times infinity': () => tf.matMul(tf.zeros([2, 3]), tf.fill([3, 2], lowest)),
        'dense with relu': () =>
          tf.fused.matMul({
            a: fullOfNaN([2, 3]) as tf.Tensor2D,
            b: tf.ones([3, 2]),
            bias: tf.ones([2]),
            activation: 'relu',
          }),
        'convolution with relu': () =>
          tf.fused.conv2d({
            ...fused,
            x: fullOfNaN([1, 3, 3, 1]) as tf.Tensor4D,
            filter: filter(),
            bias: tf.ones([3]),
          }),
        'a NaN filter on zeros': () =>
          tf.fused.conv2d({
            ...fused,
            x: tf.zeros([1, 3, 3, 1]) as tf.Tensor4D,
            filter: fullOfNaN([2, 2, 1, 3]) as tf.Tensor4D,
            bias: tf.ones([3]),
          }),
      };
      for (const [name, compute] of Object.entries(ofNaN)) {
        expect(valuesOf(compute).every(Number.isNaN), name).toBe(true);
      }
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
