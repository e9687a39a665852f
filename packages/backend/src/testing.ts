import * as tf from '@tensorflow/tfjs-core';

/** Numbers in [-1, 1] that are the same on every backend. */
export const example = (shape: number[], frequency = 1): tf.Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(frequency * i * i)),
    shape,
  );
};

/** The largest difference of two series of numbers, relative to the largest of those expected. */
export const relativeDifference = (found: ArrayLike<number>, expected: ArrayLike<number>): number => {
  const [differences, magnitudes] = [
    Array.from(expected, (number, i) => Math.abs(number - found[i]!)),
    Array.from(expected, Math.abs),
  ];
  return Math.max(...differences) / Math.max(...magnitudes);
};

/** A small convolution's loss, its gradients, and what a max pooling passes back, on the running backend. */
export const trainingStep = (): Promise<Float32Array[]> => {
  const loss = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor => {
    const maps = tf.relu(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'));
    return tf.logSumExp(tf.maxPool(maps as tf.Tensor4D, 2, 2, 'valid'));
  };
  const results = tf.tidy(() => {
    const inputs = [example([2, 6, 6, 3]), example([3, 3, 3, 4], 2)] as const;
    return [loss(...inputs), ...tf.grads(loss)([...inputs])];
  });
  return Promise.all(
    results.map(async (tensor) => {
      const values = await tensor.data<'float32'>();
      tensor.dispose();
      return values;
    }),
  );
};
