import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { registerVariant } from './variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

test.each([0, 1, 15, 16, 17, 31, 256, 1000])('%d bytes, each divided by 255 and rounded once', (length) => {
  const before = tf.memory().numTensors;
  const bytes = Uint8Array.from({ length }, (_, i) => 7 * i);
  tf.tidy(() => {
    const attrs = { bytes, shape: [length] } as unknown as tf.NamedAttrMap;
    const y = tf.engine().runKernel('ScaleBytes', {}, attrs) as tf.Tensor;
    expect(y.dtype).toBe('float32');
    expect(y.dataSync<'float32'>()).toEqual(Float32Array.from(bytes, (byte) => byte / 255));
  });
  expect(tf.memory().numTensors).toBe(before);
});
