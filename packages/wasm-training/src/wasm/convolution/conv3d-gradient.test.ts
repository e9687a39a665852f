import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { values } from '../../cases.testing.ts';
import { registerVariant } from '../variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

afterAll(() => tf.setBackend('cpu'));

type Shape5D = [number, number, number, number, number];

interface Case {
  readonly x: Shape5D;
  readonly filter: Shape5D;
  readonly strides: number | [number, number, number];
  readonly pad: 'valid' | 'same';
}

const cases: readonly Case[] = [
  { x: [3, 5, 6, 4, 3], filter: [2, 2, 2, 3, 4], strides: 1, pad: 'valid' },
  { x: [2, 5, 5, 5, 3], filter: [3, 3, 3, 3, 9], strides: 1, pad: 'same' },
  { x: [2, 5, 5, 5, 1], filter: [3, 3, 3, 1, 1], strides: 1, pad: 'valid' },
  { x: [2, 5, 6, 7, 2], filter: [3, 2, 3, 2, 6], strides: 2, pad: 'same' },
  { x: [1, 6, 4, 7, 5], filter: [1, 2, 3, 5, 3], strides: [1, 2, 3], pad: 'valid' },
  { x: [1, 4, 4, 4, 7], filter: [1, 1, 1, 7, 8], strides: 3, pad: 'valid' },
  { x: [1, 2, 3, 2, 2], filter: [5, 5, 5, 2, 4], strides: 1, pad: 'same' },
];

describe.each(cases)('conv3d x $x filter $filter strides $strides pad $pad', (one) => {
  const { outShape } = tf.backend_util.computeConv3DInfo(one.x, one.filter, one.strides, 1, one.pad);
  const operands = { x: values(one.x, 1), filter: values(one.filter, 2) };
  const dy = values(outShape, 3);
  const conv = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
    tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, one.strides, one.pad);
  const gradients = (backend: string): Float32Array[] => {
    tf.setBackend(backend);
    return tf.tidy(() =>
      tf
        .grads((x, filter) => conv(x!, filter!))(
          [tf.tensor(operands.x, one.x), tf.tensor(operands.filter, one.filter)],
          tf.tensor(dy, outShape),
        )
        .map((gradient) => gradient.dataSync<'float32'>().slice()),
    );
  };

  test('gradients agree with the cpu backend, and no tensor is left', () => {
    const expected = gradients('cpu');
    const before = tf.memory().numTensors;
    const found = gradients('wasm');
    expect(tf.memory().numTensors).toBe(before);
    for (const [which, reference] of expected.entries()) {
      const scale = Math.max(...reference.map(Math.abs));
      const errors = reference.map((value, i) => Math.abs(found[which]![i]! - value) / scale);
      expect(Math.max(...errors)).toBeLessThan(2e-6);
    }
  });

  test('gradients agree with finite differences', () => {
    const found = gradients('wasm');
    const output = (): number =>
      tf.tidy(() =>
        conv(tf.tensor(operands.x, one.x), tf.tensor(operands.filter, one.filter))
          .dataSync<'float32'>()
          .reduce((sum, value, i) => sum + value * dy[i]!, 0),
      );
    for (const [which, array] of [operands.x, operands.filter].entries()) {
      for (let i = 0; i < array.length; i += 1 + (i % 17)) {
        const value = array[i]!;
        // A convolution is linear in each operand, so a unit step leaves no truncation error.
        array[i] = value + 1;
        const above = output();
        array[i] = value - 1;
        const below = output();
        array[i] = value;
        expect(Math.abs(found[which]![i]! - (above - below) / 2)).toBeLessThan(1e-4);
      }
    }
  });
});

test('conv3dTranspose agrees with the cpu backend', () => {
  const on = (backend: string): Float32Array => {
    tf.setBackend(backend);
    return tf.tidy(() => {
      const x = tf.tensor5d(values([2, 3, 3, 2, 4], 1), [2, 3, 3, 2, 4]);
      const filter = tf.tensor5d(values([2, 3, 2, 5, 4], 2), [2, 3, 2, 5, 4]);
      return tf.conv3dTranspose(x, filter, [2, 6, 6, 4, 5], 2, 'same').dataSync<'float32'>().slice();
    });
  };
  const expected = on('cpu');
  const found = on('wasm');
  for (const [i, value] of expected.entries()) expect(Math.abs(found[i]! - value)).toBeLessThan(4e-6);
});

test('a NaN stays one, also beside zeros', () => {
  tf.setBackend('wasm');
  tf.tidy(() => {
    const dy = tf.tensor5d([Number.NaN, 0, 0, 0, 0], [1, 1, 1, 1, 5]);
    const conv = (a: tf.Tensor, b: tf.Tensor) => tf.conv3d(a as tf.Tensor5D, b as tf.Tensor5D, 1, 'valid');
    const [dx, dFilter] = tf.grads(conv)([tf.zeros([1, 1, 1, 1, 2]), tf.zeros([1, 1, 1, 2, 5])], dy);
    expect([...dx!.dataSync()]).toEqual([Number.NaN, Number.NaN]);
    expect([...dFilter!.dataSync()]).toEqual([0, 1].flatMap(() => [Number.NaN, 0, 0, 0, 0]));
  });
});
