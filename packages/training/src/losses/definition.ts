import type { LossConfig, LossName } from '@dropout-lab/contracts';
import type * as tf from '@tensorflow/tfjs-core';

/** What training minimizes. */
export interface Loss {
  /**
   * Summed over the rows.
   *
   * @param oneHot float32 [rows, classes]. @param logits float32 [rows, classes].
   */
  readonly sum: (oneHot: tf.Tensor, logits: tf.Tensor) => tf.Tensor;
  /** The same of numbers outside TensorFlow, as a mean over the rows: of validation. */
  readonly mean: (logits: Float32Array, labels: Uint8Array, numClasses: number) => number;
}

/** The settings of a built-in loss. */
export type LossConfigOf<Name extends LossName> = Extract<LossConfig, { name: Name }>;
