import type { LossConfig, LossName, Targets } from '@dropout-lab/contracts';
import type { Head, HeadActivation } from '@dropout-lab/model';
import type * as tf from '@tensorflow/tfjs-core';

/** What a model answered to some images, and what it should have, outside TensorFlow. */
export interface Answers {
  /** What the model's last softmax or sigmoid is applied to, or its outputs: [rows, ..., units], row by row. */
  readonly logits: Float32Array;
  readonly activation: HeadActivation;
  readonly units: number;
  /** Shape of what is answered to one image, where it is not [units]. */
  readonly outputShape?: readonly number[] | undefined;
  /** Class indices [rows, ...], or numbers in the shape of the logits. */
  readonly targets: Targets;
  readonly rows: number;
  /** What each row's loss is multiplied by; 1 when left out. */
  readonly weights?: Float32Array | undefined;
}

/** What training minimizes. */
export interface Loss {
  readonly name: string;
  /** What is wrong with a model that ends so; undefined when nothing is. */
  readonly misfit?: (head: Head) => string | undefined;
  /**
   * Summed over the rows, each times its weight; of sequences the mean over their steps.
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
  /** The same of numbers outside TensorFlow, as a mean over the rows: of validation. */
  readonly mean: (answers: Answers) => number;
}

/** The settings of a built-in loss. */
export type LossConfigOf<Name extends LossName> = Extract<LossConfig, { name: Name }>;
