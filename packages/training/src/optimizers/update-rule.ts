import type { OptimizerConfig, OptimizerName } from '@dropout-lab/contracts';
import type * as tf from '@tensorflow/tfjs-core';

/** The settings of a built-in optimizer. */
export type OptimizerConfigOf<Name extends OptimizerName> = Extract<OptimizerConfig, { name: Name }>;

/** How one variable follows from its gradient. Rules are made of rules: see adamw.ts. */
export interface UpdateRule {
  /** What is kept for each variable from one step to the next, in its shape and 0 at first: `m`, `v`. */
  readonly slots: readonly string[];
  /**
   * Begins a step.
   *
   * @param learningRate Of this step, its schedule applied.
   * @param step Updates made before this one, from 0.
   * @returns The update of one variable: assigns its slots, in the order of `slots`, and returns its new value. What it
   *   makes besides is disposed by the caller.
   */
  at(
    learningRate: number,
    step: number,
  ): (variable: tf.Tensor, gradient: tf.Tensor, slots: readonly tf.Variable[]) => tf.Tensor;
}
