import type { NamedArray, OptimizerInput } from '@dropout-lab/contracts';
import type { TrainedWeight } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { clippingOf } from './clipping.ts';
import type { CustomOptimizer } from './define-optimizer.ts';
import { createSlots, readArrays, requireArrays, writeArrays } from './slots.ts';
import { completeOptimizer, ruleOf } from './table.ts';
import { partsOf, type WeightGroupOptions } from './weight-groups.ts';

/** A variable that is trained, and its name, which those of its slots are derived from. */
export type TrainedVariable = TrainedWeight;

/** Updates variables from gradients. Its state is its slots and the number of updates made. */
export interface Optimizer {
  /**
   * Updates every variable.
   *
   * @param gradients One for each variable, in their order; the caller disposes them.
   * @param step Updates made before this one, from 0.
   */
  update(gradients: readonly tf.Tensor[], learningRate: number, step: number): void;
  /** Returns the variables that a step does not change, since their group is frozen. */
  frozenAt(step: number): ReadonlySet<tf.Variable>;
  /** Returns a copy of the slots, for a checkpoint. */
  readSlots(): Promise<NamedArray[]>;
  /** Sets the slots. @throws TrainingError when they are not this optimizer's. */
  writeSlots(slots: readonly NamedArray[]): void;
  /** Frees the slots; the trained variables stay. */
  dispose(): void;
}

/**
 * Returns the optimizer of a configuration, with Keras's formulas, not TensorFlow.js's, or one of the user's own.
 *
 * @throws TrainingError when there is no such optimizer, a setting is out of range, or a group names no weight.
 */
export const createOptimizer = (
  config: OptimizerInput | CustomOptimizer,
  variables: readonly TrainedVariable[],
  options: WeightGroupOptions = {},
): Optimizer => {
  const settings = completeOptimizer(config);
  const rule = ruleOf(settings);
  const parts = partsOf(settings, rule, variables, options);
  const slots = rule.slots.map((kind) => createSlots(kind, variables));
  const all = slots.flat();
  return {
    update: (gradients, learningRate, step) => {
      const moving = parts.filter(({ frozenFrom }) => step < frozenFrom);
      const clipping = clippingOf(settings, () =>
        moving.flatMap(({ members }) => members.map((i) => gradients[i]!)),
      );
      for (const { rule, learningRateFactor, members } of moving) {
        const update = rule.at(learningRate * learningRateFactor, step);
        for (const i of members) {
          const { variable } = variables[i]!;
          tf.tidy(() => {
            const ofVariable = slots.map((ofKind) => ofKind[i]!.variable);
            const updated = update(variable, clipping.clip(gradients[i]!), ofVariable);
            // A rule may return the variable itself.
            if (updated !== variable) variable.assign(updated);
          });
        }
      }
      clipping.dispose();
    },
    frozenAt: (step) =>
      new Set(
        parts.flatMap(({ frozenFrom, members }) =>
          step >= frozenFrom ? members.map((i) => variables[i]!.variable) : [],
        ),
      ),
    readSlots: () => readArrays(all),
    writeSlots: (arrays) => writeArrays(all, requireArrays('optimizer', all, arrays)),
    dispose: () => {
      for (const { variable } of all) variable.dispose();
    },
  };
};
