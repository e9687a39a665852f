import * as tf from '@tensorflow/tfjs-core';

/**
 * The sum of the squares of a tensor's numbers. By rows first: the wasm backend adds numbers one after another in float32, and
 * a sum of half a million would be wrong in the fourth digit.
 */
export const squaredNorm = (tensor: tf.Tensor): tf.Tensor => {
  const squares = tf.square(tensor);
  return tf.sum(tensor.rank > 1 ? tf.sum(squares, -1) : squares);
};
