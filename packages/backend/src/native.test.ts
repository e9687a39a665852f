import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { describe, expect, test, vi } from 'vitest';
import { BackendError, startBackend } from './node.ts';

/** Why native TensorFlow cannot run here; undefined where it can. */
const unavailable = await startBackend('node').then(
  () => undefined,
  (error: unknown) => {
    if (error instanceof BackendError) return error.message;
    throw error;
  },
);

/** A convolution's loss, its gradients, and what a max pooling passes back. */
const trainingStep = (): Float32Array[] =>
  tf.tidy(() => {
    const images = tf.tensor4d(
      Float32Array.from({ length: 2 * 6 * 6 * 3 }, (_, i) => Math.sin(i * i)),
      [2, 6, 6, 3],
    );
    const kernel = tf.tensor4d(
      Float32Array.from({ length: 3 * 3 * 3 * 4 }, (_, i) => Math.cos(i * i)),
      [3, 3, 3, 4],
    );
    const loss = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor => {
      const maps = tf.relu(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'));
      return tf.logSumExp(tf.maxPool(maps, 2, 2, 'valid'));
    };
    return [loss(images, kernel), ...tf.grads(loss)([images, kernel])].map(
      (tensor) => tensor.dataSync() as Float32Array,
    );
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

    test('computes the loss and the gradients that wasm and cpu compute', async () => {
      const steps = [];
      for (const choice of ['node', 'wasm', 'cpu'] as const) {
        await startBackend(choice);
        steps.push(trainingStep());
      }
      const [native, ...others] = steps;
      for (const other of others) {
        for (const [quantity, expected] of other.entries()) {
          const scale = Math.max(...expected.map(Math.abs));
          const differences = expected.map((number, i) => Math.abs(number - native![quantity]![i]!));
          expect(Math.max(...differences) / scale).toBeLessThan(1e-5);
        }
      }
    });
  },
);
