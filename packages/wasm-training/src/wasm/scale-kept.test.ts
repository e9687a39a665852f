import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { values } from '../cases.testing.ts';
import { registerVariant } from './variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

const scaleKept = (x: Float32Array, kept: Uint8Array, scale: number): Float32Array =>
  tf.tidy(() => {
    const inputs = { x: tf.tensor1d(x), kept: tf.tensor1d(kept, 'bool') };
    const y = tf.engine().runKernel('ScaleKept', inputs, { scale }) as tf.Tensor;
    return y.dataSync<'float32'>().slice();
  });

test.each([0, 1, 3, 4, 15, 16, 17, 31, 33, 1000])('%d numbers, each times the scale or 0', (length) => {
  const before = tf.memory().numTensors;
  const x = values([length], 1);
  const kept = Uint8Array.from(values([length], 2), (value) => Number(value > 0));
  const scale = 1 / (1 - 0.3);
  const found = scaleKept(x, kept, scale);
  // -0 where a negative number is dropped, as of a product with 0.
  expect(found).toEqual(x.map((value, i) => value * Math.fround(kept[i] ? scale : 0)));
  expect(tf.memory().numTensors).toBe(before);
});

test('a dropped number that is not finite is NaN, as its product with 0', () => {
  const x = Float32Array.from([Number.NaN, Number.POSITIVE_INFINITY, 1], (value) => value);
  const seventeen = Float32Array.from({ length: 17 }, (_, i) => x[i % 3]!);
  const found = scaleKept(seventeen, new Uint8Array(17), 2);
  expect([...found]).toEqual([...seventeen].map((value) => value * 0));
});

test('a tensor of another type is refused', () => {
  const inputs = { x: tf.tensor1d([1], 'int32'), kept: tf.tensor1d([true], 'bool') };
  expect(() => tf.engine().runKernel('ScaleKept', inputs, { scale: 2 })).toThrow(
    'ScaleKept: expected a float32 tensor, got int32: cast it first',
  );
  tf.dispose(inputs);
});
