import { add, less, selu as stockSelu, where } from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;

/**
 * SELU (Klambauer et al. 2017), `scale * x` above 0 and `scale * alpha * (exp(x) - 1)` below, as `keras.activations.selu`. At 0
 * its slope is that from above, as TensorFlow's is; that of TensorFlow.js is that from below.
 */
export const selu = elementwise(
  (x) => {
    const value = stockSelu(x);
    return { value, kept: [value] };
  },
  (value) => where(less(value!, 0), add(value!, ALPHA * SCALE), SCALE),
);
