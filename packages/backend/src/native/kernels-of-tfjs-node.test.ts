import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { describe, expect, test, vi } from 'vitest';
import { relativeDifference, trainingStep } from '../../../../scripts/setup-native/training-step.mjs';
import { BackendError, startBackend } from '../node.ts';
import { example } from '../testing.ts';

/** Why native TensorFlow cannot run here; undefined where it can. */
const unavailable = await startBackend('node').then(
  () => undefined,
  (error: unknown) => {
    if (error instanceof BackendError) return error.message;
    throw error;
  },
);

const maxPoolGradient = (
  shape: number[],
  size: number,
  strides: number,
  pad: 'valid' | 'same',
): tf.Tensor => {
  // Rounded, so that windows have more than one maximum.
  const x = tf.round(tf.mul(example(shape), 3));
  const pool = (input: tf.Tensor) => tf.maxPool(input as tf.Tensor4D, size, strides, pad);
  return tf.grad(pool)(x, example(pool(x).shape, 2));
};

/** With respect to filters of 1 by 1. TensorFlow's own writes beyond its memory for these shapes. */
const thinFilterGradient = (shape: number[], strides: number | [number, number], pad: 'valid' | 'same') => {
  const x = example(shape) as tf.Tensor4D;
  const convolve = (filter: tf.Tensor) => tf.conv2d(x, filter as tf.Tensor4D, strides, pad);
  const filter = example([1, 1, shape[3]!, 12], 2);
  return tf.grad(convolve)(filter, example(convolve(filter).shape, 3));
};

const fusedConvolution = (
  activation: 'linear' | 'relu' | 'sigmoid',
  pad: 'valid' | 'same',
  strides: number,
): tf.Tensor =>
  tf.fused.conv2d({
    x: example([2, 8, 8, 3]) as tf.Tensor4D,
    filter: example([3, 3, 3, 4], 2) as tf.Tensor4D,
    bias: example([4], 3),
    strides,
    pad,
    activation,
  });

describe.skipIf(unavailable !== undefined)(
  `native TensorFlow${unavailable === undefined ? '' : ` (not available: ${unavailable})`}`,
  () => {
    test('is what auto picks, silently, and says its versions', async () => {
      const warned = vi.spyOn(console, 'warn');
      const { name, description, reason, versions } = await startBackend('auto');
      expect(name).toBe('tensorflow');
      expect(tf.getBackend()).toBe('tensorflow');
      expect(description).toBe(`tfjs-node ${tf.version_core} (libtensorflow ${versions['libtensorflow']})`);
      expect(versions['libtensorflow']).toMatch(/^2\.\d+\.\d+$/);
      expect(reason).toMatch(/: native TensorFlow, since it can be loaded/);
      expect(warned).not.toHaveBeenCalled();
    });

    test('shares our engine: its tensors are ours, and every tensor is accounted for', async () => {
      await startBackend('node');
      const before = tf.memory().numTensors;
      const sum = tf.tidy(() => tf.add(tf.scalar(1), tf.scalar(2)));
      expect(sum).toBeInstanceOf(tf.Tensor);
      expect(sum.dataSync()[0]).toBe(3);
      expect(tf.memory().numTensors).toBe(before + 1);
      sum.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    test.each<[string, () => tf.Tensor]>([
      ['max pooling 2 x 2', () => maxPoolGradient([3, 8, 8, 5], 2, 2, 'valid')],
      ['max pooling of odd sizes', () => maxPoolGradient([2, 7, 9, 4], 2, 2, 'valid')],
      ['overlapping max pooling', () => maxPoolGradient([2, 9, 9, 8], 3, 2, 'same')],
      ['the sum of a bias gradient', () => tf.sum(example([6, 5, 4, 3]), [0, 1, 2])],
      ['the sum of the leading axis', () => tf.sum(example([6, 5]), 0)],
      [
        'other sums',
        () => tf.concat([tf.sum(example([6, 5]), 1), tf.reshape(tf.sum(example([6, 5]), [0, 1], true), [1])]),
      ],
      ['filters of 1 by 1 with strides', () => thinFilterGradient([25, 16, 16, 8], 2, 'valid')],
      ['the same with padding same', () => thinFilterGradient([25, 15, 16, 8], [2, 3], 'same')],
      ['filters of 1 by 1 without strides', () => thinFilterGradient([5, 6, 7, 8], 1, 'same')],
      ['a convolution with bias and ReLU', () => fusedConvolution('relu', 'valid', 1)],
      ['a convolution with bias, padding and strides', () => fusedConvolution('linear', 'same', 2)],
      ['a convolution with bias and sigmoid', () => fusedConvolution('sigmoid', 'valid', 1)],
    ])('its quicker kernels agree with the cpu backend: %s', async (_, compute) => {
      const results = [];
      for (const choice of ['node', 'cpu'] as const) {
        await startBackend(choice);
        const before = tf.memory().numTensors;
        results.push(tf.tidy(() => compute().dataSync().slice()));
        expect(tf.memory().numTensors).toBe(before);
      }
      const [native, cpu] = results;
      expect(relativeDifference(native!, cpu!)).toBeLessThan(1e-6);
    });

    test('computes the loss and the gradients that wasm and cpu compute', async () => {
      const steps = [];
      for (const choice of ['node', 'wasm', 'cpu'] as const) {
        await startBackend(choice);
        steps.push(await trainingStep());
      }
      const [native, ...others] = steps;
      for (const other of others) {
        for (const [quantity, expected] of other.entries()) {
          expect(relativeDifference(native![quantity]!, expected)).toBeLessThan(1e-5);
        }
      }
    });
  },
);
