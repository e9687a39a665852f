import * as tf from '@tensorflow/tfjs-core';

/**
 * Does `work` while TensorFlow.js's greetings are off, as are its complaints when two copies of a package register
 * the same kernels. Its later warnings are meant for the user and stay on.
 */
export const withoutWarnings = async <T>(work: () => T | Promise<T>): Promise<T> => {
  const environment = tf.env();
  const before = environment.getBool('PROD');
  environment.set('PROD', true);
  try {
    return await work();
  } finally {
    environment.set('PROD', before);
  }
};
