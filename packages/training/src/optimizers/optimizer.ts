import type { NamedArray, OptimizerConfig } from '@dropout-lab/contracts';
import { matchNames, type TrainedWeight } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from '../errors.ts';
import type { CustomOptimizer } from './define-optimizer.ts';
import { ruleOf } from './table.ts';

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
  /** Returns a copy of the slots, for a checkpoint. */
  readSlots(): Promise<NamedArray[]>;
  /** Sets the slots. @throws TrainingError when they are not this optimizer's. */
  writeSlots(slots: readonly NamedArray[]): void;
  /** Frees the slots; the trained variables stay. */
  dispose(): void;
}

/** Returns the optimizer of a configuration, with Keras's formulas, not TensorFlow.js's, or one of the user's own. */
export const createOptimizer = (
  config: OptimizerConfig | CustomOptimizer,
  variables: readonly TrainedVariable[],
): Optimizer => {
  const rule = ruleOf(config);
  const slots = rule.slots.map((kind) => createSlots(kind, variables));
  const all = slots.flat();
  return {
    update: (gradients, learningRate, step) => {
      const update = rule.at(learningRate, step);
      variables.forEach(({ variable }, i) => {
        tf.tidy(() => {
          const ofVariable = slots.map((ofKind) => ofKind[i]!.variable);
          const updated = update(variable, gradients[i]!, ofVariable);
          // A rule may return the variable itself.
          if (updated !== variable) variable.assign(updated);
        });
      });
    },
    readSlots: () =>
      Promise.all(
        all.map(async ({ name, variable }) => ({
          name,
          shape: variable.shape,
          values: Float32Array.from(await variable.data()),
        })),
      ),
    writeSlots: (arrays) => {
      const found = matchNames(
        all.map(({ name }) => name),
        arrays.map(({ name }) => name),
      );
      const fits = all.every(({ variable }, i) => `${arrays[found[i]!]?.shape}` === `${variable.shape}`);
      if (!fits || arrays.length !== all.length) {
        const expected = all.map(({ name, variable }) => describe(name, variable.shape)).join(', ');
        const given = arrays.map(({ name, shape }) => describe(name, shape)).join(', ');
        throw new TrainingError(
          `optimizer state: expected ${expected || 'none'}, found ${given || 'none'}: resume with the optimizer and model that the run was started with`,
        );
      }
      all.forEach(({ variable }, i) => {
        // A copy, since a tensor of the cpu backend is the array itself.
        tf.tidy(() => variable.assign(tf.tensor(arrays[found[i]!]!.values.slice(), variable.shape)));
      });
    },
    dispose: () => {
      for (const { variable } of all) variable.dispose();
    },
  };
};

const createSlots = (kind: string, variables: readonly TrainedVariable[]): TrainedVariable[] =>
  variables.map(({ name, variable }) => ({
    name: `${kind}/${name}`,
    variable: tf.tidy(() => tf.variable(tf.zerosLike(variable), false)),
  }));

const describe = (name: string, shape: readonly number[]): string => `${name} [${shape.join(' x ')}]`;
