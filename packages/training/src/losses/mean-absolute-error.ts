import * as tf from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';
import type { Loss } from './loss.ts';

/** `keras.losses.MeanAbsoluteError`: `mean(|target - output|)`; its gradient is 0 where they are equal. */
export const meanAbsoluteError = (): Loss =>
  elementwise({
    name: 'mean_absolute_error',
    ofTensors: (targets, outputs) => tf.abs(tf.sub(outputs, targets)),
    ofNumbers: (target, output) => Math.abs(output - target),
  });
