import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a computation of gradients within `tidy`. When it throws, it disposes the tensors that TensorFlow.js keeps for the
 * backward pass and would leak.
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
