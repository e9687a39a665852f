import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../errors.ts';

/**
 * Makes a registered backend the one that every operation runs on.
 *
 * @throws BackendError when TensorFlow.js cannot initialize it.
 */
export const activate = async (name: string): Promise<void> => {
  if (!(await tf.setBackend(name))) {
    throw new BackendError(
      `backend ${name}: expected TensorFlow.js to initialize it, but it failed for the reason printed above; choose another backend`,
    );
  }
  await tf.ready();
};
