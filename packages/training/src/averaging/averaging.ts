import type { AveragingConfig, AveragingName } from '@dropout-lab/contracts';
import type * as tf from '@tensorflow/tfjs-core';

/** The settings of a way to average weights. */
export type AveragingConfigOf<Name extends AveragingName> = Extract<AveragingConfig, { name: Name }>;

/** A variable of the model, and its average. */
export interface AveragedVariable {
  readonly variable: tf.Variable;
  readonly average: tf.Variable;
}

/** A way to average weights over training. */
export interface AveragingRule {
  /** The variables that have an average: those that are trained, or all of the model's, moving statistics included. */
  readonly of: 'trained' | 'all';
  /** Whether averages begin as the weights; else they begin at 0. */
  readonly startsAsWeights: boolean;
  /** Called after the optimizer's update, before the weights' constraints. `step` counts the updates before it, from 0. */
  afterUpdate?(one: AveragedVariable, step: number): void;
  /** Called after the weights' constraints. @param totalSteps Of the whole training. */
  afterConstraints?(one: AveragedVariable, step: number, totalSteps: number): void;
  /** Whether the weights take the value of the averages right after the last update, before the validation of its epoch. */
  readonly endsBeforeValidation: boolean;
}
