import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs `work` without TensorFlow.js's greetings, and without its warnings when two copies of a package register the same
 * kernels. Its later warnings are meant for the user and stay on.
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
