import type { NamedArray } from '@dropout-lab/contracts';
import { matchNames, type TrainedWeight } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from '../errors.ts';

/** Creates a variable beside each of some variables, `kind/name`, of zeros or as a copy of it. */
export const createSlots = (
  kind: string,
  variables: readonly TrainedWeight[],
  isCopy = false,
): TrainedWeight[] =>
  variables.map(({ name, variable }) => ({
    name: `${kind}/${name}`,
    variable: tf.tidy(() => tf.variable(isCopy ? tf.clone(variable) : tf.zerosLike(variable), false)),
  }));

/** Returns copies of the values of slots. */
export const readArrays = (slots: readonly TrainedWeight[]): Promise<NamedArray[]> =>
  Promise.all(
    slots.map(async ({ name, variable }) => ({
      name,
      shape: variable.shape,
      values: Float32Array.from(await variable.data()),
    })),
  );

/**
 * Returns the array of each slot, in the order of the slots.
 *
 * @param what Whose they are, for the error: `optimizer`.
 * @throws TrainingError when they are not the slots'.
 */
export const requireArrays = (
  what: string,
  slots: readonly TrainedWeight[],
  arrays: readonly NamedArray[],
): NamedArray[] => {
  const found = matchNames(
    slots.map(({ name }) => name),
    arrays.map(({ name }) => name),
  );
  const fits = slots.every(({ variable }, i) => `${arrays[found[i]!]?.shape}` === `${variable.shape}`);
  if (fits && arrays.length === slots.length) return found.map((place) => arrays[place!]!);
  const expected = slots.map(({ name, variable }) => describe(name, variable.shape)).join(', ');
  const given = arrays.map(({ name, shape }) => describe(name, shape)).join(', ');
  throw new TrainingError(
    `${what} state: expected ${expected || 'none'}, found ${given || 'none'}: resume with the ${what} and model that the run was started with`,
  );
};

/** Sets slots to copies of arrays, in their order. */
export const writeArrays = (slots: readonly TrainedWeight[], arrays: readonly NamedArray[]): void => {
  slots.forEach(({ variable }, i) => {
    // A copy, since a tensor of the cpu backend is the array itself.
    tf.tidy(() => variable.assign(tf.tensor(arrays[i]!.values.slice(), variable.shape)));
  });
};

const describe = (name: string, shape: readonly number[]): string => `${name} [${shape.join(' x ')}]`;
