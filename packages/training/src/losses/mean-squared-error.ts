import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';
import type { Loss } from './loss.ts';

/** `keras.losses.MeanSquaredError`: `mean((target - output)^2)`. */
export const meanSquaredError = (): Loss =>
  elementwise({
    name: 'mean_squared_error',
    ofTensors: (targets, outputs) => tf.square(tf.sub(outputs, targets)),
    ofNumbers: (target, output) => (output - target) ** 2,
  });
