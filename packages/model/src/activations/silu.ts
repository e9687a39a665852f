import { add, mul, neg, sigmoid } from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

/** SiLU or swish, `x * sigmoid(x)`, as `keras.activations.silu`. TensorFlow.js has none of this name. */
export const silu = elementwise(
  (x) => {
    const passed = sigmoid(x);
    return { value: mul(x, passed), kept: [x, passed] };
  },
  // sigmoid(-x) is 1 - sigmoid(x), without the digits that the difference loses.
  (x, passed) => mul(passed!, add(1, mul(x!, sigmoid(neg(x!))))),
);
