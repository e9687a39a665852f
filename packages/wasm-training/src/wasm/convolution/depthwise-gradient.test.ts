import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConvCase, values } from '../../cases.testing.ts';
import { UnsupportedOperationError } from '../../errors.ts';
import { registerVariant } from '../variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

afterAll(() => tf.setBackend('cpu'));

/** Filters are [height, width, channels, multiplier]. */
const cases: readonly ConvCase[] = [
  { x: [2, 8, 8, 8], filter: [3, 3, 8, 1], strides: 1, pad: 'valid' },
  { x: [2, 8, 8, 8], filter: [3, 3, 8, 1], strides: 1, pad: 'same' },
  { x: [3, 9, 7, 21], filter: [3, 5, 21, 1], strides: 1, pad: 'same' },
  { x: [2, 9, 7, 3], filter: [5, 3, 3, 1], strides: 2, pad: 'same' },
  { x: [2, 9, 7, 5], filter: [3, 3, 5, 3], strides: 2, pad: 'valid' },
  { x: [2, 10, 11, 4], filter: [2, 3, 4, 2], strides: 3, pad: 'same' },
  { x: [1, 6, 6, 33], filter: [1, 1, 33, 1], strides: 1, pad: 'valid' },
  { x: [2, 7, 7, 4], filter: [1, 1, 4, 4], strides: 3, pad: 'valid' },
  { x: [1, 2, 3, 6], filter: [5, 5, 6, 1], strides: 1, pad: 'same' },
  { x: [1, 5, 5, 1], filter: [5, 5, 1, 1], strides: 1, pad: 'valid' },
  { x: [2, 6, 6, 7], filter: [3, 3, 7, 1], strides: 1, pad: 2 },
  {
    x: [2, 6, 5, 8],
    filter: [3, 3, 8, 1],
    strides: 1,
    pad: [
      [0, 0],
      [0, 2],
      [1, 0],
      [0, 0],
    ],
  },
];

const depthwise = ({ strides, pad }: ConvCase, x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
  tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad as 'same');

describe.each(cases)('depthwise x $x filter $filter strides $strides pad $pad', (one) => {
  const { outShape } = tf.backend_util.computeConv2DInfo(
    ...[one.x, one.filter, one.strides, 1, one.pad as 'same', undefined, true],
  );
  const operands = { x: values(one.x, 1), filter: values(one.filter, 2) };
  const dy = values(outShape, 3);
  const gradients = (backend: string): Float32Array[] => {
    tf.setBackend(backend);
    return tf.tidy(() =>
      tf
        .grads((x, filter) => depthwise(one, x!, filter!))(
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
        depthwise(one, tf.tensor(operands.x, one.x), tf.tensor(operands.filter, one.filter))
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
        expect(Math.abs(found[which]![i]! - (above - below) / 2)).toBeLessThan(5e-5);
      }
    }
  });
});

test('a NaN stays one, also beside zeros', () => {
  tf.setBackend('wasm');
  tf.tidy(() => {
    const x = tf.zeros([1, 3, 3, 5]);
    const filter = tf.zeros([2, 2, 5, 1]);
    const dy = tf.buffer([1, 2, 2, 5]);
    for (const channel of [1, 4]) dy.set(Number.NaN, 0, 0, 0, channel);
    const [dx, dFilter] = tf.grads((a, b) =>
      tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'valid'),
    )([x, filter], dy.toTensor());
    const nanOf = (tensor: tf.Tensor): boolean[] => [...tensor.dataSync()].map(Number.isNaN);
    const channels = [false, true, false, false, true];
    expect(nanOf(dFilter!)).toEqual([0, 1, 2, 3].flatMap(() => channels));
    const places = [0, 1, 3, 4];
    expect(nanOf(dx!)).toEqual(
      Array.from({ length: 9 }, (_, at) => channels.map((hasNaN) => hasNaN && places.includes(at))).flat(),
    );
  });
});

test('dilated convolutions are refused by name', () => {
  tf.setBackend('wasm');
  tf.tidy(() => {
    const inputs = { x: tf.zeros([1, 5, 5, 2]), dy: tf.zeros([1, 3, 3, 2]), filter: tf.zeros([2, 2, 2, 1]) };
    const attrs = { strides: 1, pad: 'valid', dilations: [2, 2], dimRoundingMode: null };
    for (const kernel of ['Filter', 'Input']) {
      const run = () =>
        tf.engine().runKernel(`DepthwiseConv2dNativeBackprop${kernel}`, inputs, {
          ...attrs,
          inputShape: [1, 5, 5, 2],
          filterShape: [2, 2, 2, 1],
        } as unknown as tf.NamedAttrMap);
      expect(run).toThrow(UnsupportedOperationError);
      expect(run).toThrow(`Backprop${kernel}: expected a convolution without dilation, got dilations 2, 2`);
    }
  });
});
