import * as tf from '@tensorflow/tfjs-core';

/**
 * What a computation with gradients returns. When it throws, the tensors are disposed that TensorFlow.js keeps for the way
 * back and, then, forgets.
 */
export const disposingWhenThrown = <T extends tf.TensorContainer>(compute: () => T): T => {
  const engine = tf.engine();
  const kept: tf.Tensor[] = [];
  const { keep } = engine;
  engine.keep = (tensor) => {
    kept.push(tensor);
    return keep.call(engine, tensor) as typeof tensor;
  };
  try {
    return tf.tidy(compute);
  } catch (error) {
    tf.dispose(kept);
    throw error;
  } finally {
    engine.keep = keep;
  }
};
