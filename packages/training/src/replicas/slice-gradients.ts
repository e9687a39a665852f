import * as tf from '@tensorflow/tfjs-core';

/** A slice's share of its batch's loss, accuracy and gradients. */
export interface SliceGradients {
  /**
   * The slice's share of the batch's loss, dropout on, that of the model's regularizers included: summed over slices it is
   * the mean over the batch.
   */
  readonly loss: number;
  /** The number of images classified correctly, dropout on; undefined where there is no accuracy, as in regression. */
  readonly correct: number | undefined;
  /** The gradients of the share, one for each of the model's `trainedWeights`, in their order. The caller disposes them. */
  readonly gradients: tf.Tensor[];
  /** float32 [rows, ..., units], dropout on; with `withLogits` only. */
  readonly logits?: Float32Array | undefined;
}

/** Adds two shares of a batch, the one with the earlier rows first; the tensors of both are disposed. */
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
