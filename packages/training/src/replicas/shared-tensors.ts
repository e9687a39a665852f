import * as tf from '@tensorflow/tfjs-core';

/** The kernel that copies a tensor into an array, which the wasm backend has with `@dropout-lab/wasm-training`. */
const COPY_TO = 'CopyTo';

/** Copies a float32 tensor into an array of its length, on a backend that can be read at once without an array between. */
export const copyTo = (tensor: tf.Tensor, target: Float32Array): void => {
  if (tf.getKernel(COPY_TO, tf.getBackend())) {
    const attrs = { target } as unknown as tf.NamedAttrMap;
    tf.engine().runKernel(COPY_TO, { x: tensor }, attrs);
  } else {
    target.set(tensor.dataSync());
  }
};

/** Returns a tensor of an array's values, which may change afterwards. */
export const tensorOf = (values: Float32Array, shape: number[]): tf.Tensor =>
  // The wasm backend copies them at once; a tensor of the cpu backend is the array itself.
  tf.tensor(tf.getBackend() === 'wasm' ? values : values.slice(), shape);
