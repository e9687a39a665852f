import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';

/** The sizes of a small ConvNet: two convolutions, a pooling and a Dense layer over 8 images of 3 classes. */
const shapes = [
  [3, 3, 3, 16],
  [3, 3, 16, 16],
  [6 * 6 * 16, 3],
];

/** Returns numbers in [-scale, scale] that are the same on every backend. */
const numbers = (/** @type {number[]} */ shape, /** @type {number} */ scale) => {
  const count = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(
    Float32Array.from({ length: count }, (_, i) => scale * Math.sin(i * i)),
    shape,
  );
};

/**
 * Computes the loss and the gradients of one training step of a small ConvNet on the running backend.
 *
 * @returns {Promise<Float32Array[]>} The loss, then the gradient of each kernel.
 */
export const trainingStep = () => {
  const results = tf.tidy(() => {
    const images = /** @type {tf.Tensor4D} */ (numbers([8, 16, 16, 3], 1));
    const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32'), 3);
    const kernels = shapes.map((shape) => numbers(shape, 0.1));
    const loss = (/** @type {tf.Tensor[]} */ ...[first, second, dense]) => {
      const convolved = [first, second].reduce(
        (maps, filter) =>
          tf.relu(
            tf.conv2d(/** @type {tf.Tensor4D} */ (maps), /** @type {tf.Tensor4D} */ (filter), 1, 'valid'),
          ),
        /** @type {tf.Tensor} */ (images),
      );
      const pooled = tf.maxPool(/** @type {tf.Tensor4D} */ (convolved), 2, 2, 'valid');
      const logits = tf.matMul(tf.reshape(pooled, [8, -1]), /** @type {tf.Tensor2D} */ (dense));
      return tf.mean(tf.sub(tf.logSumExp(logits, 1), tf.sum(tf.mul(labels, logits), 1)));
    };
    return [loss(...kernels), ...tf.grads(loss)(kernels)];
  });
  return Promise.all(
    results.map(async (tensor) => {
      const values = /** @type {Float32Array} */ (await tensor.data());
      tensor.dispose();
      return values;
    }),
  );
};

/**
 * Returns the largest difference between two series of numbers, relative to the largest of those expected.
 *
 * @param {ArrayLike<number>} found
 * @param {ArrayLike<number>} expected
 */
export const relativeDifference = (found, expected) => {
  const differences = Array.from(expected, (number, i) =>
    Math.abs(number - /** @type {number} */ (found[i])),
  );
  return Math.max(...differences) / Math.max(...Array.from(expected, Math.abs));
};
