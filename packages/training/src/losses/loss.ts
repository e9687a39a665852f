import type { LossConfig, LossName, Targets } from '@dropout-lab/contracts';
import type { Head, HeadActivation } from '@dropout-lab/model';
import type * as tf from '@tensorflow/tfjs-core';

/** A model's outputs for some images, and their targets, outside TensorFlow. */
export interface Answers {
  /** The inputs of the model's last softmax or sigmoid, or its outputs where it has neither: [rows, ..., units], row by row. */
  readonly logits: Float32Array;
  readonly activation: HeadActivation;
  readonly units: number;
  /** The output's shape for one image, where it is not [units]. */
  readonly outputShape?: readonly number[] | undefined;
  /** Class indices [rows, ...], or numbers in the shape of the logits. */
  readonly targets: Targets;
  readonly rows: number;
  /** The factor of each row's loss; 1 when left out. */
  readonly weights?: Float32Array | undefined;
}

/** A function of outputs and targets that training minimizes. */
export interface Loss {
  readonly name: string;
  /** Returns the heads that the loss needs, in words, when it does not fit this one, else undefined. */
  readonly misfit?: (head: Head) => string | undefined;
  /**
   * Returns the loss summed over the rows, each times its weight; for sequences each row's mean over its steps.
   *
   * @param targets float32 in the shape of the logits. @param logits float32 [rows, ..., units].
   * @param weights float32 [rows].
   */
  readonly sum: (
    targets: tf.Tensor,
    logits: tf.Tensor,
    activation: HeadActivation,
    weights: tf.Tensor | undefined,
  ) => tf.Tensor;
  /** The same of numbers outside TensorFlow, as a mean over the rows, for validation. */
  readonly mean: (answers: Answers) => number;
}

/** The settings of a built-in loss. */
export type LossConfigOf<Name extends LossName> = Extract<LossConfig, { name: Name }>;
