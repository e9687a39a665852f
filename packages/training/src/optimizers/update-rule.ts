import type { OptimizerConfig, OptimizerName } from '@dropout-lab/contracts';
import type * as tf from '@tensorflow/tfjs-core';

/** The settings of a built-in optimizer. */
export type OptimizerConfigOf<Name extends OptimizerName> = Extract<OptimizerConfig, { name: Name }>;

/** The update of a variable from its gradient. Rules can be composed: see adamw.ts. */
export interface UpdateRule {
  /** The names of the slots, which each variable has from one step to the next, in its shape and 0 at first: `m`, `v`. */
  readonly slots: readonly string[];
  /**
   * Returns the update of a step.
   *
   * @param learningRate The learning rate of this step, after the schedule.
   * @param step Updates made before this one, from 0.
   * @returns The update of one variable: assigns its slots, in the order of `slots`, and returns its new value. The caller
   *   disposes all other tensors that it creates.
   */
  at(
    learningRate: number,
    step: number,
  ): (variable: tf.Tensor, gradient: tf.Tensor, slots: readonly tf.Variable[]) => tf.Tensor;
}
