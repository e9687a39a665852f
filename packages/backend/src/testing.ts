import * as tf from '@tensorflow/tfjs-core';

/** Numbers in [-1, 1] that are the same on every backend. */
export const example = (shape: number[], frequency = 1): tf.Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(frequency * i * i)),
    shape,
  );
};
