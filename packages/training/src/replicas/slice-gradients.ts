import * as tf from '@tensorflow/tfjs-core';
import type { SliceGradients } from './replica.ts';

/** Adds two shares of a batch, of which the second has the later rows; the tensors of both are disposed. */
export const addGradients = (a: SliceGradients, b: SliceGradients): SliceGradients => {
  const gradients = a.gradients.map((gradient, i) => tf.add(gradient, b.gradients[i]!));
  tf.dispose([a.gradients, b.gradients]);
  const logits = a.logits && b.logits && concatenated([a.logits, b.logits]);
  const correct = a.correct === undefined || b.correct === undefined ? undefined : a.correct + b.correct;
  return { loss: a.loss + b.loss, correct, gradients, logits };
};

/** Returns arrays one after the other. */
export const concatenated = (parts: readonly Float32Array[]): Float32Array => {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((offset, part) => {
    whole.set(part, offset);
    return offset + part.length;
  }, 0);
  return whole;
};
