import type { NamedArray, OptimizerInput } from '@dropout-lab/contracts';
import type { TrainedWeight } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { clippingOf } from './clipping.ts';
import type { CustomOptimizer } from './define-optimizer.ts';
import { createSlots, readArrays, requireArrays, writeArrays } from './slots.ts';
import { completeOptimizer } from './table.ts';
import { type OptimizerPart, partsOf, type WeightGroupOptions } from './weight-groups.ts';

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
  const parts = partsOf(settings, variables, options);
  const all = slotsOf(parts, variables);
  const byName = new Map(all.map(({ name, variable }) => [name, variable]));
  return {
    update: (gradients, learningRate, step) => {
      const moving = parts.filter(({ frozenFrom }) => step < frozenFrom);
      const clipping = clippingOf(settings, () =>
        moving.flatMap(({ members }) => members.map((i) => gradients[i]!)),
      );
      for (const { rule, learningRateFactor, members } of moving) {
        const update = rule.at(learningRate * learningRateFactor, step);
        for (const i of members) {
          const { name, variable } = variables[i]!;
          const slots = rule.slots.map((kind) => byName.get(`${kind}/${name}`)!);
          tf.tidy(() => {
            const updated = update(variable, clipping.clip(gradients[i]!), slots);
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

/** Creates the slots of all variables, kind by kind; not every variable has each. */
const slotsOf = (
  parts: readonly OptimizerPart[],
  variables: readonly TrainedVariable[],
): TrainedVariable[] => {
  const kinds = new Set(parts.flatMap(({ rule }) => rule.slots));
  return [...kinds].flatMap((kind) => {
    const members = new Set(parts.flatMap(({ rule, members }) => (rule.slots.includes(kind) ? members : [])));
    return createSlots(
      kind,
      variables.filter((_, i) => members.has(i)),
    );
  });
};
